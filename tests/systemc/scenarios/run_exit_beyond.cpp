// SC_EXIT_ON_STARVATION with something due later ends at the end of the run.
#include "scenario.h"

SCENARIO(run_exit_beyond)
{
    thread("driver", [&] {
        wait(ns(30));
        note("late");
    });
    sc_start(ns(10), SC_EXIT_ON_STARVATION);
    note("first end");
    sc_start(ns(20), SC_EXIT_ON_STARVATION);
    note("second end");
    sc_start(ns(10), SC_EXIT_ON_STARVATION);
    note("third end");
}
