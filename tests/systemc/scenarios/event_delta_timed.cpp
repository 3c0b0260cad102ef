// A timed notification does not replace a pending delta notification.
#include "scenario.h"

SCENARIO(event_delta_timed)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        e.notify(ns(10));
        note("asked");
    });
    sc_start();
}
