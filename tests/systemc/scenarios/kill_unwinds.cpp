// Killing runs what the process has to clean up, before kill returns.
#include "scenario.h"

SCENARIO(kill_unwinds)
{
    struct Guard {
        ~Guard() { note("cleaned up"); }
    };
    sc_process_handle p = thread("p", [&] {
        Guard guard;
        wait(ns(100));
        note("p");
    });
    thread("driver", [&] {
        wait(ns(5));
        note("kill");
        p.kill();
        note("killed");
    });
    sc_start();
}
