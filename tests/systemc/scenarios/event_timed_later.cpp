// A later timed notification is ignored, and so is one for the same time.
#include "scenario.h"

SCENARIO(event_timed_later)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        e.notify(ns(20));
        wait(ns(4));
        e.notify(ns(6));
        note("asked");
        wait(ns(40));
        note("end");
    });
    sc_start();
}
