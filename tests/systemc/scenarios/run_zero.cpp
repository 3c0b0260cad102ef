// A run of zero time is one delta cycle.
#include "scenario.h"

SCENARIO(run_zero)
{
    thread("driver", [&] {
        for (int i = 0; i < 4; ++i) {
            note("delta");
            wait(SC_ZERO_TIME);
        }
        note("done");
    });
    sc_start(SC_ZERO_TIME);
    note("one");
    sc_start(SC_ZERO_TIME);
    note("two");
    sc_start(ns(1));
    note("end");
}
