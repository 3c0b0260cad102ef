// Suspended in an or-list, an and-list and a wait with timeout.
#include "scenario.h"

SCENARIO(suspend_lists)
{
    sc_event a, b;
    sc_process_handle o = thread("o", [&] {
        wait(a | b);
        note("or");
        wait(a);
        note("or again");
    });
    sc_process_handle n = thread("n", [&] {
        wait(a & b);
        note("and");
    });
    sc_process_handle t = thread("t", [&] {
        wait(ns(12), b);
        note(timed_out() ? "timeout" : "event");
    });
    thread("driver", [&] {
        wait(ns(5));
        for (sc_process_handle p : {o, n, t})
            p.suspend();
        a.notify();
        wait(ns(5));
        a.notify(SC_ZERO_TIME);
        wait(ns(5));
        for (sc_process_handle p : {o, n, t})
            p.resume();
        note("resumed");
        wait(ns(5));
        b.notify();
        wait(ns(5));
        a.notify();
    });
    sc_start();
}
