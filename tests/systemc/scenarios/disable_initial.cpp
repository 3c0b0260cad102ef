// A process disabled before the simulation starts is not initialized.
#include "scenario.h"

SCENARIO(disable_initial)
{
    sc_event e;
    sc_process_handle p = method("p", [&] { note("p"); }, {&e});
    p.disable();
    thread("driver", [&] {
        wait(ns(5));
        p.enable();
        note("enabled");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
