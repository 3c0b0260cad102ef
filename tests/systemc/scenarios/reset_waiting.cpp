// A thread that is reset begins again in the same evaluate phase.
#include "scenario.h"

SCENARIO(reset_waiting)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        note("begin");
        wait(e);
        note("first");
        wait(ns(10));
        note("end");
    });
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        wait(ns(5));
        note("reset");
        p.reset();
        wait(ns(20));
        e.notify();
    });
    sc_start();
}
