// A signal written between two runs changes before the next evaluate phase.
#include "scenario.h"

SCENARIO(run_write_between)
{
    sc_signal<int> s("s", 0);
    method("m", [&] { note("value " + std::to_string(s.read())); }, {&s.value_changed_event()});
    sc_start(ns(10));
    s.write(3);
    note("between " + std::to_string(s.read()));
    sc_start(SC_ZERO_TIME);
    note("zero " + std::to_string(s.read()));
    sc_start(ns(5));
    note("end " + std::to_string(s.read()));
}
