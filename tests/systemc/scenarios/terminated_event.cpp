// The end of a thread is announced one delta cycle later.
#include "scenario.h"

SCENARIO(terminated_event)
{
    sc_process_handle p = thread("p", [&] {
        wait(ns(5));
        note("last");
    });
    thread("t", [&] {
        wait(p.terminated_event());
        note("terminated");
    });
    sc_start();
}
