// A run of zero time does not take what is due later.
#include "scenario.h"

SCENARIO(run_zero_timed)
{
    thread("p", [&] {
        note("p");
        wait(ns(1));
        note("later");
    });
    sc_start(SC_ZERO_TIME);
    note("zero");
    sc_start(SC_ZERO_TIME);
    note("zero again");
    sc_start();
    note("end");
}
