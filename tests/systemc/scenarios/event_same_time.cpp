// Two events at one time make one delta cycle.
#include "scenario.h"

SCENARIO(event_same_time)
{
    sc_event a, b;
    watch(a, "a");
    watch(b, "b");
    thread("both", [&] {
        wait(a & b);
        note("both");
    });
    thread("driver", [&] {
        a.notify(ns(10));
        wait(ns(4));
        b.notify(ns(6));
        wait(ns(6));
        note("driver");
    });
    sc_start();
}
