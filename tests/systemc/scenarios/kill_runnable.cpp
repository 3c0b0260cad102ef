// A process killed while runnable does not run.
#include "scenario.h"

SCENARIO(kill_runnable)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        wait(e);
        note("p");
    });
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        p.kill();
        note("killed");
    });
    sc_start();
}
