// A timeout ends the wait, and the events do not end it again.
#include "scenario.h"

SCENARIO(list_or_timeout)
{
    sc_event a, b;
    thread("waiter", [&] {
        wait(ns(10), a | b);
        note(timed_out() ? "timeout" : "event");
        wait(ns(30), a | b);
        note(timed_out() ? "timeout" : "event");
    });
    thread("driver", [&] {
        a.notify(ns(20));
        wait(ns(20));
        b.notify(ns(1));
    });
    sc_start();
}
