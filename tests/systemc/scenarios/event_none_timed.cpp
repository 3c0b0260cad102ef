// Timed notification with nothing pending (5.10.8).
#include "scenario.h"

SCENARIO(event_none_timed)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        note("asked");
    });
    sc_start();
}
