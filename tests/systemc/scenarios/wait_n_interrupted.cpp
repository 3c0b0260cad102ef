// A dynamic wait between two counts of static triggers begins the count anew.
#include "scenario.h"

SCENARIO(wait_n_interrupted)
{
    sc_event s, e;
    thread("t", [&] {
        wait(2);
        note("two");
        wait(ns(5), e);
        wait(3);
        note("three");
    }, {&s});
    thread("driver", [&] {
        for (int i = 0; i < 9; ++i) {
            wait(ns(2));
            s.notify();
        }
    });
    sc_start();
}
