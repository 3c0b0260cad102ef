// Delta notification with nothing pending (5.10.8).
#include "scenario.h"

SCENARIO(event_none_delta)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        note("asked");
    });
    sc_start();
}
