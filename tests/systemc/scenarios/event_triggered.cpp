// An event is seen as triggered in the evaluate phase it fired for, and not after.
#include "scenario.h"

SCENARIO(event_triggered)
{
    sc_event e;
    auto look = [&](const std::string& when) { note(when + (e.triggered() ? " yes" : " no")); };
    thread("driver", [&] {
        look("start");
        wait(ns(5));
        e.notify(SC_ZERO_TIME);
        look("asked");
        wait(SC_ZERO_TIME);
        look("next");
        wait(SC_ZERO_TIME);
        look("after");
        e.notify();
        look("immediate");
        e.notify(ns(5));
        wait(ns(5));
        look("timed");
        wait(ns(5));
        look("later");
    });
    sc_start();
}
