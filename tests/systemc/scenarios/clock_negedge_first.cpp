// A clock may begin with a falling edge.
#include "scenario.h"

SCENARIO(clock_negedge_first)
{
    sc_clock clock("clock", ns(8), 0.25, ns(3), false);
    method("c", [&] { note(clock.read() ? "1" : "0"); }, {&clock.value_changed_event()});
    sc_start(ns(30));
}
