// The first rising edge of a clock is at time 0.
#include "scenario.h"

SCENARIO(clock_default)
{
    sc_clock clock("clock", 10, SC_NS);
    method("p", [&] { note("posedge"); }, {&clock.posedge_event()}, false);
    method("n", [&] { note("negedge"); }, {&clock.negedge_event()}, false);
    thread("t", [&] { note(clock.read() ? "start 1" : "start 0"); });
    sc_start(ns(35));
}
