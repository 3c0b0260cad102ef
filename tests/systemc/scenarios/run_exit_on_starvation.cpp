// SC_EXIT_ON_STARVATION leaves time at the last event.
#include "scenario.h"

SCENARIO(run_exit_on_starvation)
{
    thread("driver", [&] {
        wait(ns(3));
        note("last");
    });
    sc_start(ns(10), SC_EXIT_ON_STARVATION);
    note("end");
    sc_start(ns(10), SC_EXIT_ON_STARVATION);
    note("second end");
}
