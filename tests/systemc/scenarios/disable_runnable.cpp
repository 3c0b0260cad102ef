// A process already runnable when it is disabled still runs.
#include "scenario.h"

SCENARIO(disable_runnable)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        wait(e);
        note("p");
        wait(ns(1));
        note("p again");
    });
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        p.disable();
        note("disabled");
        wait(ns(20));
        p.enable();
    });
    sc_start();
}
