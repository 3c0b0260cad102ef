// A pause from a method ends the run at that time, whatever was asked for.
#include "scenario.h"

SCENARIO(pause_method)
{
    sc_clock clock("clock", 10, SC_NS);
    method("m", [&] {
        note("edge");
        if (sc_time_stamp() == ns(20))
            sc_pause();
    }, {&clock.posedge_event()}, false);
    sc_start();
    note("paused");
    sc_start(ns(20));
    note("end");
}
