// A delta notification replaces a pending timed one.
#include "scenario.h"

SCENARIO(event_timed_delta)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        e.notify(SC_ZERO_TIME);
        note("asked");
    });
    sc_start();
}
