// A process suspended before the simulation starts first runs at resume.
#include "scenario.h"

SCENARIO(suspend_initial)
{
    sc_process_handle p = thread("p", [&] { note("p"); });
    p.suspend();
    thread("driver", [&] {
        wait(ns(5));
        note("resume");
        p.resume();
    });
    sc_start();
}
