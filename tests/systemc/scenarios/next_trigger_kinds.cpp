// A method runs next for an event, a time, a list with timeout, then statically again.
#include "scenario.h"

SCENARIO(next_trigger_kinds)
{
    sc_event s, e;
    int step = 0;
    method("m", [&] {
        note("run " + std::to_string(step));
        switch (step++) {
        case 0: next_trigger(e); break;
        case 1: next_trigger(ns(6)); break;
        case 2: next_trigger(ns(5), e); break;
        case 3: next_trigger(ns(100), e | s); break;
        case 4: next_trigger(e & s); break;
        case 5: next_trigger(SC_ZERO_TIME); break;
        default: break;
        }
    }, {&s});
    thread("driver", [&] {
        for (int i = 1; i <= 12; ++i) {
            wait(ns(4));
            s.notify();
            if (i % 3 == 0)
                e.notify(SC_ZERO_TIME);
        }
    });
    sc_start();
}
