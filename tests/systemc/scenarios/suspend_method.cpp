// A suspended method runs at resume if its event happened.
#include "scenario.h"

SCENARIO(suspend_method)
{
    sc_event e;
    sc_process_handle m = method("m", [&] { note("m"); }, {&e}, false);
    thread("driver", [&] {
        wait(ns(5));
        m.suspend();
        e.notify(SC_ZERO_TIME);
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        wait(ns(5));
        note("resume");
        m.resume();
        wait(ns(5));
        m.suspend();
        m.resume();
        note("quiet");
    });
    sc_start();
}
