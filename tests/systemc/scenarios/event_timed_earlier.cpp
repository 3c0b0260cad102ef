// An earlier timed notification replaces a later one.
#include "scenario.h"

SCENARIO(event_timed_earlier)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        wait(ns(2));
        e.notify(ns(3));
        note("asked");
    });
    sc_start();
}
