// A timeout ends an and-list of which a part has happened, and forgets that part.
#include "scenario.h"

SCENARIO(list_and_timeout)
{
    sc_event a, b;
    thread("waiter", [&] {
        wait(ns(10), a & b);
        note(timed_out() ? "timeout" : "all");
        wait(ns(20), a & b);
        note(timed_out() ? "timeout" : "all");
        wait(ns(20), a & b);
        note(timed_out() ? "timeout" : "all");
    });
    thread("driver", [&] {
        a.notify(ns(5));
        wait(ns(15));
        b.notify();
        wait(ns(20));
        a.notify();
        wait(ns(5));
        b.notify();
    });
    sc_start();
}
