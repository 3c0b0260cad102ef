// A simulation that has been stopped cannot be started again.
#include "scenario.h"

SCENARIO(stop_restart)
{
    thread("driver", [&] {
        wait(ns(5));
        sc_stop();
    });
    sc_start(ns(20));
    note("end");
    expect_error([&] { sc_start(ns(5)); });
}
