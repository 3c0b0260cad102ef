// A run of zero time after a run runs what was due at its end.
#include "scenario.h"

SCENARIO(run_end_zero)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        e.notify(ns(10));
        wait(ns(20));
        note("driver");
    });
    sc_start(ns(10));
    note("first end");
    sc_start(SC_ZERO_TIME);
    note("zero end");
    sc_start(ns(10));
    note("last end");
    sc_start(SC_ZERO_TIME);
}
