// Both events of an or-list in one delta cycle end one wait, once.
#include "scenario.h"

SCENARIO(list_or_both)
{
    sc_event a, b;
    thread("waiter", [&] {
        while (true) {
            wait(a | b);
            note("woken");
        }
    });
    thread("driver", [&] {
        wait(ns(5));
        a.notify(SC_ZERO_TIME);
        b.notify(SC_ZERO_TIME);
        wait(ns(5));
        a.notify(ns(1));
        b.notify(ns(1));
    });
    sc_start();
}
