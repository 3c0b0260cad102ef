// One event of an and-list counts once, however often it happens.
#include "scenario.h"

SCENARIO(list_and_repeated)
{
    sc_event a, b;
    thread("waiter", [&] {
        wait(a & b);
        note("all");
    });
    thread("driver", [&] {
        for (int i = 0; i < 3; ++i) {
            wait(ns(5));
            a.notify();
        }
        wait(ns(5));
        b.notify();
        note("b");
    });
    sc_start();
}
