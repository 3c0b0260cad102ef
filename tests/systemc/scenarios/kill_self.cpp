// A process that kills itself does not go on.
#include "scenario.h"

SCENARIO(kill_self)
{
    thread("p", [&] {
        wait(ns(5));
        note("before");
        sc_get_current_process_handle().kill();
        note("after");
    });
    thread("driver", [&] {
        wait(ns(10));
        note("end");
    });
    sc_start();
}
