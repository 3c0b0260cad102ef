// Cancelling cannot undo an immediate notification.
#include "scenario.h"

SCENARIO(event_cancel_after_immediate)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        e.cancel();
        note("cancelled");
    });
    sc_start();
}
