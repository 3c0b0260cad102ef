// What happens while a process is disabled is lost.
#include "scenario.h"

SCENARIO(disable_event)
{
    sc_event e;
    sc_process_handle p = thread("p", [&] {
        while (true) {
            wait();
            note("p");
        }
    }, {&e});
    sc_process_handle m = method("m", [&] { note("m"); }, {&e}, false);
    thread("driver", [&] {
        wait(ns(5));
        p.disable();
        m.disable();
        e.notify();
        wait(ns(5));
        e.notify();
        wait(ns(5));
        p.enable();
        m.enable();
        note("enabled");
        wait(ns(5));
        e.notify();
    });
    sc_start();
}
