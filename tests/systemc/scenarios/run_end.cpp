// What is due exactly at the end of a run becomes runnable and runs in the next.
#include "scenario.h"

SCENARIO(run_end)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        e.notify(ns(10));
        wait(ns(10));
        note("driver");
        wait(ns(1));
        note("later");
    });
    sc_start(ns(10));
    note("first end");
    sc_start(ns(5));
    note("second end");
}
