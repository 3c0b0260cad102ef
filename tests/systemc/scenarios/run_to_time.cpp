// By default a run for a time ends at that time, also when nothing is left.
#include "scenario.h"

SCENARIO(run_to_time)
{
    thread("driver", [&] {
        wait(ns(3));
        note("last");
    });
    sc_start(ns(10));
    note("end");
    sc_start(ns(10));
    note("second end");
}
