// A run without a time leaves time at the last event.
#include "scenario.h"

SCENARIO(run_starved)
{
    sc_event unheard;
    thread("driver", [&] {
        wait(ns(3));
        note("last");
        unheard.notify(ns(4));
    });
    sc_start();
    note("end");
}
