// Data written and data read are announced one delta cycle later.
#include "scenario.h"

SCENARIO(fifo_events)
{
    sc_fifo<int> f("f", 2);
    method("w", [&] { note("data written"); }, {&f.data_written_event()}, false);
    method("r", [&] { note("data read"); }, {&f.data_read_event()}, false);
    thread("driver", [&] {
        wait(ns(5));
        f.write(1);
        f.write(2);
        wait(ns(5));
        f.read();
        f.read();
        wait(ns(5));
        f.write(3);
        wait(ns(5));
        f.write(4);
        f.read();
    });
    sc_start();
}
