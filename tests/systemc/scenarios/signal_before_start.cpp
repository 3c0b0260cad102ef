// A value written before the simulation starts is current, and announced, in the first delta cycle.
#include "scenario.h"

SCENARIO(signal_before_start)
{
    sc_signal<int> s("s", 0);
    method("m", [&] { note("changed " + std::to_string(s.read())); },
           {&s.value_changed_event()}, false);
    thread("t", [&] { note("start " + std::to_string(s.read())); });
    s.write(4);
    sc_start();
}
