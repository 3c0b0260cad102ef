// What triggers a suspended process is remembered, once; it runs at resume.
#include "scenario.h"

SCENARIO(suspend_triggered)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        while (true) {
            wait();
            note("p");
        }
    }, {&e});
    thread("driver", [&] {
        wait(ns(5));
        p.suspend();
        wait(ns(5));
        e.notify();
        wait(ns(5));
        e.notify();
        wait(ns(5));
        note("resume");
        p.resume();
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
