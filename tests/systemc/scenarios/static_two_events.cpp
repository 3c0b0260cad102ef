// Two events of the static sensitivity in one delta cycle run a process once.
#include "scenario.h"

SCENARIO(static_two_events)
{
    sc_event a, b;
    method("m", [&] { note("m"); }, {&a, &b}, false);
    thread("driver", [&] {
        wait(ns(5));
        a.notify(SC_ZERO_TIME);
        b.notify(SC_ZERO_TIME);
        wait(ns(5));
        a.notify();
        b.notify(ns(5));
    });
    sc_start();
}
