// An event before the timeout cancels the timeout.
#include "scenario.h"

SCENARIO(list_timeout_cancelled)
{
    sc_event a;
    thread("waiter", [&] {
        wait(ns(10), a);
        note(timed_out() ? "timeout" : "event");
        wait(ns(20));
        note("slept");
    });
    thread("driver", [&] { a.notify(ns(5)); });
    sc_start();
}
