// A write taken back in the same evaluate phase, and a write of the same value: no event.
#include "scenario.h"

SCENARIO(signal_glitch)
{
    sc_signal<int> s("s", 1);
    method("m", [&] { note("changed " + std::to_string(s.read())); },
           {&s.value_changed_event()}, false);
    thread("driver", [&] {
        wait(ns(5));
        s.write(2);
        s.write(1);
        wait(ns(5));
        s.write(1);
        wait(ns(5));
        note("end");
    });
    sc_start();
}
