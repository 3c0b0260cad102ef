// A pending delta notification can be cancelled, and asked for again.
#include "scenario.h"

SCENARIO(event_delta_cancel)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        e.cancel();
        note("cancelled");
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        e.cancel();
        e.notify(SC_ZERO_TIME);
        note("asked again");
    });
    sc_start();
}
