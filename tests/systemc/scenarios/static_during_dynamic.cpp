// A dynamic wait suspends the static sensitivity.
#include "scenario.h"

SCENARIO(static_during_dynamic)
{
    sc_event s;
    thread("waiter", [&] {
        wait(ns(10));
        note("dynamic");
        wait();
        note("static");
        wait();
        note("static");
    }, {&s});
    thread("driver", [&] {
        for (int i = 0; i < 4; ++i) {
            wait(ns(4));
            s.notify();
        }
    });
    sc_start();
}
