// A process is not run again by its own immediate notification.
#include "scenario.h"

SCENARIO(event_immediate_own)
{
    sc_event e;
    method("m", [&] {
        note("m");
        e.notify();
    }, {&e});
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
