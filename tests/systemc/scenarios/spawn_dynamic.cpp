// A process spawned in the evaluate phase first runs in that same phase.
#include "scenario.h"

SCENARIO(spawn_dynamic)
{
    sc_event e;
    thread("driver", [&] {
        wait(ns(5));
        note("spawn");
        thread("child", [&] {
            note("child");
            wait(SC_ZERO_TIME);
            note("child again");
        });
        method("m", [&] { note("method"); }, {&e});
        method("d", [&] { note("not initialized"); }, {&e}, false);
        note("spawned");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
