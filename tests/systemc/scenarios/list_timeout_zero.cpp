// A timeout of zero time is a delta notification.
#include "scenario.h"

SCENARIO(list_timeout_zero)
{
    sc_event a;
    thread("waiter", [&] {
        wait(SC_ZERO_TIME, a);
        note(timed_out() ? "timeout" : "event");
        wait(ns(5), a);
        note(timed_out() ? "timeout" : "event");
    });
    sc_start();
}
