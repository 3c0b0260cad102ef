// A process spawned between two runs runs in the first evaluate phase of the next.
#include "scenario.h"

SCENARIO(spawn_between)
{
    thread("a", [&] { note("a"); });
    sc_start(ns(10));
    note("between");
    thread("b", [&] {
        note("b");
        wait(ns(3));
        note("b again");
    });
    sc_start(ns(10));
    note("end");
}
