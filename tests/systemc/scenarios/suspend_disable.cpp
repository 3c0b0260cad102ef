// Suspended and disabled: what happens while disabled is lost.
#include "scenario.h"

SCENARIO(suspend_disable)
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
        p.disable();
        e.notify();
        wait(ns(5));
        p.enable();
        p.resume();
        note("quiet");
        wait(ns(5));
        p.suspend();
        e.notify();
        wait(ns(5));
        p.resume();
        note("resumed");
    });
    sc_start();
}
