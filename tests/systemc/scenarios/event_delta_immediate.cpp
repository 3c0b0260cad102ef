// An immediate notification replaces a pending delta notification.
#include "scenario.h"

SCENARIO(event_delta_immediate)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        e.notify();
        note("asked");
    });
    sc_start();
}
