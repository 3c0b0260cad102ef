// Without initialization a process first runs on its static sensitivity.
#include "scenario.h"

SCENARIO(dont_initialize)
{
    sc_event s;
    method("m", [&] { note("method"); }, {&s}, false);
    thread("t", [&] {
        note("thread");
        wait();
        note("thread again");
    }, {&s}, false);
    method("i", [&] { note("initialized"); }, {&s});
    thread("driver", [&] {
        note("driver");
        wait(ns(5));
        s.notify();
        wait(ns(5));
        s.notify(SC_ZERO_TIME);
    });
    sc_start();
}
