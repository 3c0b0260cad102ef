// Notifications asked for between two runs.
#include "scenario.h"

SCENARIO(run_notify_between)
{
    sc_event d, t;
    watch(d, "delta");
    watch(t, "timed");
    sc_start(ns(10));
    d.notify(SC_ZERO_TIME);
    t.notify(ns(5));
    note("between");
    sc_start(ns(10));
    note("end");
}
