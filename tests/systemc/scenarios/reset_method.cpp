// A method that is reset runs, and its dynamic sensitivity is gone.
#include "scenario.h"

SCENARIO(reset_method)
{
    sc_event s, e;
    sc_process_handle m = method("m", [&] {
        note("m");
        if (sc_time_stamp() == SC_ZERO_TIME)
            next_trigger(e);
    }, {&s});
    thread("driver", [&] {
        wait(ns(5));
        s.notify();
        wait(ns(5));
        m.reset();
        note("reset");
        wait(ns(5));
        e.notify();
        wait(ns(5));
        s.notify();
    });
    sc_start();
}
