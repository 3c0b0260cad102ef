// wait(n) consumes n static triggers.
#include "scenario.h"

SCENARIO(wait_n)
{
    sc_event s;
    thread("waiter", [&] {
        wait(3);
        note("three");
        wait(1);
        note("one");
        wait(2);
        note("two");
    }, {&s});
    thread("driver", [&] {
        for (int i = 0; i < 7; ++i) {
            wait(ns(2));
            s.notify(SC_ZERO_TIME);
        }
    });
    sc_start();
}
