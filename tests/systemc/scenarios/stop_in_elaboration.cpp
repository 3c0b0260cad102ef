// A stop before the simulation starts.
#include "scenario.h"

SCENARIO(stop_in_elaboration)
{
    thread("p", [&] { note("p"); });
    sc_stop();
    expect_error([&] { sc_start(); });
}
