// An and-list ends with the last of its events, in any order and in different delta cycles.
#include "scenario.h"

SCENARIO(list_and)
{
    sc_event a, b, c;
    thread("waiter", [&] {
        wait(a & b & c);
        note("all");
        wait(a & b);
        note("again");
    });
    thread("driver", [&] {
        c.notify(ns(10));
        a.notify(ns(20));
        wait(ns(30));
        b.notify(SC_ZERO_TIME);
        note("last");
        wait(ns(10));
        b.notify();
        wait(ns(10));
        a.notify();
    });
    sc_start();
}
