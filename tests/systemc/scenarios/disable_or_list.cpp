// A disabled process in an or-list, an and-list and a wait with timeout.
#include "scenario.h"

SCENARIO(disable_or_list)
{
    sc_event a, b;
    sc_process_handle o = thread("o", [&] {
        wait(a | b);
        note("or");
    });
    sc_process_handle n = thread("n", [&] {
        wait(a & b);
        note("and");
    });
    thread("driver", [&] {
        wait(ns(5));
        o.disable();
        n.disable();
        a.notify();
        wait(ns(5));
        o.enable();
        n.enable();
        note("enabled");
        wait(ns(5));
        b.notify();
        wait(ns(5));
        a.notify();
    });
    sc_start();
}
