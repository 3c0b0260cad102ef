// Resetting a thread that has ended.
#include "scenario.h"

SCENARIO(reset_terminated)
{
    sc_process_handle p = thread("p", [&] { note("p"); });
    thread("driver", [&] {
        wait(ns(5));
        p.reset();
        note("reset");
        wait(ns(5));
    });
    sc_start();
}
