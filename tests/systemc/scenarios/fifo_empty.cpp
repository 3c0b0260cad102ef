// A reader blocks on an empty fifo until one delta cycle after the write.
#include "scenario.h"

SCENARIO(fifo_empty)
{
    sc_fifo<int> f("f", 4);
    thread("reader", [&] {
        while (true)
            note("read " + std::to_string(f.read()));
    });
    thread("writer", [&] {
        wait(ns(5));
        f.write(1);
        f.write(2);
        note("wrote two");
        wait(ns(5));
        f.write(3);
    });
    sc_start();
}
