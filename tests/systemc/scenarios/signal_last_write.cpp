// The last write of an evaluate phase wins; the value is current one delta cycle later.
#include "scenario.h"

SCENARIO(signal_last_write)
{
    sc_signal<int> s("s", 1);
    method("m", [&] { note("changed " + std::to_string(s.read())); },
           {&s.value_changed_event()}, false);
    thread("driver", [&] {
        wait(ns(5));
        s.write(2);
        s.write(3);
        note("written " + std::to_string(s.read()));
        wait(SC_ZERO_TIME);
        note("now " + std::to_string(s.read()));
    });
    sc_start();
}
