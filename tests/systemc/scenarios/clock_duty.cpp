// The duty cycle is the part of a period with a true value.
#include "scenario.h"

SCENARIO(clock_duty)
{
    sc_clock clock("clock", ns(10), 0.3, ns(7));
    method("c", [&] { note(clock.read() ? "1" : "0"); }, {&clock.value_changed_event()});
    sc_start(ns(40));
}
