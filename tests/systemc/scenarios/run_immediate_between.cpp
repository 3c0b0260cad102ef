// An immediate notification between two runs makes its process runnable in the next.
#include "scenario.h"

SCENARIO(run_immediate_between)
{
    sc_event e;
    watch(e, "e");
    sc_start(ns(10));
    expect_error([&] { e.notify(); });
    note("between");
    sc_start(ns(10));
    note("end");
}
