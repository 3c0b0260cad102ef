// The last next_trigger of an activation counts; without arguments it is the static sensitivity.
#include "scenario.h"

SCENARIO(next_trigger_last)
{
    sc_event s, e;
    int step = 0;
    method("m", [&] {
        note("run " + std::to_string(step));
        if (step == 0) {
            next_trigger(ns(3));
            next_trigger(e);
        } else if (step == 1) {
            next_trigger(e);
            next_trigger(ns(3));
        } else if (step == 2) {
            next_trigger(ns(1));
            next_trigger();
        }
        ++step;
    }, {&s});
    thread("driver", [&] {
        for (int i = 1; i <= 5; ++i) {
            wait(ns(10));
            s.notify();
            wait(ns(2));
            e.notify();
        }
    });
    sc_start();
}
