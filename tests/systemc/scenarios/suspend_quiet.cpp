// A suspended process that nothing triggered does not run at resume.
#include "scenario.h"

SCENARIO(suspend_quiet)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        wait(e);
        note("p");
    });
    thread("driver", [&] {
        wait(ns(5));
        p.suspend();
        wait(ns(5));
        p.resume();
        note("resumed");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
