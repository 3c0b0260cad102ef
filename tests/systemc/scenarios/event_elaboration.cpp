// Notifications asked for before the simulation starts.
#include "scenario.h"

SCENARIO(event_elaboration)
{
    sc_event delta, timed;
    method("d", [&] { note("delta"); }, {&delta}, false);
    method("t", [&] { note("timed"); }, {&timed}, false);
    delta.notify(SC_ZERO_TIME);
    timed.notify(ns(3));
    thread("first", [&] { note("first"); });
    sc_start();
}
