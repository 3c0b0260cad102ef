// Immediate notifications extend one evaluate phase, in causal order.
#include "scenario.h"

SCENARIO(event_immediate_chain)
{
    sc_event first, second;
    thread("a", [&] {
        wait(first);
        note("a");
        second.notify();
    });
    thread("b", [&] {
        wait(second);
        note("b");
    });
    thread("driver", [&] {
        wait(ns(5));
        note("driver");
        first.notify();
    });
    sc_start();
}
