// A killed method never runs again.
#include "scenario.h"

SCENARIO(kill_method)
{
    sc_event e;
    sc_process_handle m = method("m", [&] { note("m"); }, {&e}, false);
    thread("driver", [&] {
        wait(ns(5));
        e.notify();
        wait(ns(5));
        m.kill();
        e.notify();
        note(m.terminated() ? "killed" : "alive");
        wait(ns(5));
    });
    sc_start();
}
