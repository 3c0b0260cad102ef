// Times pass in order, whatever the order of asking.
#include "scenario.h"

SCENARIO(timed_order)
{
    sc_event a, b, c;
    watch(a, "a");
    watch(b, "b");
    watch(c, "c");
    thread("driver", [&] {
        c.notify(ns(3));
        a.notify(ns(1));
        b.notify(sc_time(1001, SC_PS));
        wait(sc_time(1, SC_PS));
        note("1 ps");
        wait(sc_time(1.5, SC_US));
        note("end");
    });
    sc_start();
}
