// An immediate notification replaces a pending timed one.
#include "scenario.h"

SCENARIO(event_timed_immediate)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(ns(10));
        e.notify();
        note("asked");
    });
    sc_start();
}
