// A pending timed notification can be cancelled.
#include "scenario.h"

SCENARIO(event_timed_cancel)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        wait(ns(1));
        e.cancel();
        e.notify(ns(30));
        note("asked");
    });
    sc_start();
}
