// A period of an odd number of picoseconds is kept exactly.
#include "scenario.h"

SCENARIO(clock_odd)
{
    sc_clock clock("clock", sc_time(7, SC_PS), 0.5);
    method("c", [&] { note(clock.read() ? "1" : "0"); }, {&clock.value_changed_event()});
    sc_start(sc_time(30, SC_PS));
}
