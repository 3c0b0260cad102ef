// Cancelling with nothing pending has no effect (5.10.9).
#include "scenario.h"

SCENARIO(event_none_cancel)
{
    sc_event e;
    watch(e, "e");
    thread("driver", [&] {
        wait(ns(5));
        e.cancel();
        note("asked");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
