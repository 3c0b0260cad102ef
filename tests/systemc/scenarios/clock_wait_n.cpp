// A thread counts clock edges.
#include "scenario.h"

SCENARIO(clock_wait_n)
{
    sc_clock clock("clock", ns(4), 0.5, ns(1));
    thread("t", [&] {
        wait(3);
        note("three");
        wait();
        note("four");
        wait(ns(1));
        wait(2);
        note("six");
    }, {&clock.posedge_event()});
    sc_start(ns(50));
}
