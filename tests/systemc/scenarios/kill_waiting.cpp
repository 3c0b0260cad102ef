// A killed process never runs again; its termination is announced.
#include "scenario.h"

SCENARIO(kill_waiting)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        wait(e);
        note("p");
    });
    thread("t", [&] {
        wait(p.terminated_event());
        note(p.terminated() ? "terminated" : "alive");
    });
    thread("driver", [&] {
        wait(ns(5));
        p.kill();
        note(p.terminated() ? "killed" : "not yet");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
