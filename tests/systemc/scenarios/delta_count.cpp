// What counts as a delta cycle: not a time step that makes nothing runnable.
#include "scenario.h"

SCENARIO(delta_count)
{
    sc_event e, unheard;
    watch(e, "e");
    thread("driver", [&] {
        note("start");
        wait(SC_ZERO_TIME);
        note("second");
        unheard.notify(ns(3));
        wait(ns(10));
        note("ten");
        unheard.notify(SC_ZERO_TIME);
        wait(ns(1));
        note("eleven");
        e.notify();
        wait(SC_ZERO_TIME);
        note("end");
    });
    sc_start();
}
