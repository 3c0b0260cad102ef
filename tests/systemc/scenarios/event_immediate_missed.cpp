// Who does not wait yet misses an immediate notification.
#include "scenario.h"

SCENARIO(event_immediate_missed)
{
    sc_event e;
    thread("late", [&] {
        wait(ns(10));
        wait(e);
        note("late");
    });
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        wait(ns(15));
        e.notify();
        note("again");
    });
    sc_start();
}
