// A thread that suspends itself goes on in the evaluate phase of its resume.
#include "scenario.h"

SCENARIO(suspend_self)
{
    sc_process_handle p = thread("p", [&] {
        wait(ns(5));
        note("before");
        sc_get_current_process_handle().suspend();
        note("after");
        wait(ns(3));
        note("end");
    });
    thread("driver", [&] {
        wait(ns(20));
        note("resume");
        p.resume();
    });
    sc_start();
}
