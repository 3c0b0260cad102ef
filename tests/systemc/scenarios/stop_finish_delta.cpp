// stop completes the evaluate and the update phase; nothing runs after.
#include "scenario.h"

SCENARIO(stop_finish_delta)
{
    sc_signal<int> s("s", 0);
    sc_event e, d;
    watch(e, "immediate");
    watch(d, "delta");
    thread("driver", [&] {
        wait(ns(5));
        s.write(1);
        d.notify(SC_ZERO_TIME);
        sc_stop();
        e.notify();
        note("stopped");
        wait(SC_ZERO_TIME);
        note("never");
    });
    sc_start();
    note("end " + std::to_string(s.read()));
}
