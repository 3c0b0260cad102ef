// An or-list ends with the first of its events.
#include "scenario.h"

SCENARIO(list_or)
{
    sc_event a, b;
    thread("waiter", [&] {
        wait(a | b);
        note("one");
        wait(a | b);
        note("two");
        wait(ns(50));
    });
    thread("driver", [&] {
        b.notify(ns(10));
        a.notify(ns(20));
    });
    sc_start();
}
