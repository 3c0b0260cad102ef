// Waiting for zero time is one delta cycle, as a delta notification is.
#include "scenario.h"

SCENARIO(wait_zero)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        for (int i = 0; i < 4; ++i) {
            wait(SC_ZERO_TIME);
            note("zero");
        }
    });
    sc_start();
}
