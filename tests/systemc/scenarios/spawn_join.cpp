// Waiting for the end of a spawned process.
#include "scenario.h"

SCENARIO(spawn_join)
{
    thread("driver", [&] {
        wait(ns(5));
        sc_process_handle child = thread("child", [&] {
            wait(ns(7));
            note("child");
        });
        wait(child.terminated_event());
        note("joined");
    });
    sc_start();
}
