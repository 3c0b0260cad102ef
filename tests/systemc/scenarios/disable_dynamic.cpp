// A dynamic wait of a disabled process goes on after the event it missed.
#include "scenario.h"

SCENARIO(disable_dynamic)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        wait(e);
        note("p");
    });
    thread("driver", [&] {
        wait(ns(5));
        p.disable();
        e.notify();
        wait(ns(5));
        p.enable();
        note("enabled");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
