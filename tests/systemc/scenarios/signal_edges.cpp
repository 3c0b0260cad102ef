// A rising edge only from false to true, a falling one only from true to false.
#include "scenario.h"

SCENARIO(signal_edges)
{
    sc_signal<bool> s("s", false);
    method("p", [&] { note("posedge"); }, {&s.posedge_event()}, false);
    method("n", [&] { note("negedge"); }, {&s.negedge_event()}, false);
    method("c", [&] { note("change"); }, {&s.value_changed_event()}, false);
    thread("driver", [&] {
        for (bool value : {false, true, true, false, false, true}) {
            wait(ns(5));
            s.write(value);
        }
    });
    sc_start();
}
