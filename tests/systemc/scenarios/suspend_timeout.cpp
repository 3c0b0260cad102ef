// A wait for time that ends while the process is suspended ends at resume.
#include "scenario.h"

SCENARIO(suspend_timeout)
{
    sc_process_handle p = thread("p", [&] {
        wait(ns(10));
        note("p");
        wait(ns(10));
        note("p again");
    });
    thread("driver", [&] {
        wait(ns(5));
        p.suspend();
        wait(ns(20));
        note("resume");
        p.resume();
        wait(ns(5));
        p.suspend();
        p.resume();
    });
    sc_start();
}
