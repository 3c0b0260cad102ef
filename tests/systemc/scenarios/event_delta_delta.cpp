// A second delta notification is ignored.
#include "scenario.h"

SCENARIO(event_delta_delta)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        e.notify(SC_ZERO_TIME);
        note("asked");
    });
    sc_start();
}
