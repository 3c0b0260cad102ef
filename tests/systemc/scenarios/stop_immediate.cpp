// SC_STOP_IMMEDIATE ends with the process that calls stop; no update.
#include "scenario.h"

SCENARIO(stop_immediate)
{
    sc_set_stop_mode(SC_STOP_IMMEDIATE);
    sc_signal<int> s("s", 0);
    sc_event e;
    watch(e, "immediate");
    thread("driver", [&] {
        wait(ns(5));
        s.write(1);
        e.notify();
        sc_stop();
        note("stopped");
        wait(SC_ZERO_TIME);
        note("never");
    });
    sc_start();
    note("end " + std::to_string(s.read()));
}
