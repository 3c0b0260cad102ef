// event() is true for exactly one delta cycle.
#include "scenario.h"

SCENARIO(signal_event)
{
    sc_signal<bool> s("s", false);
    auto look = [&](const std::string& when) {
        note(when + (s.event() ? " event" : " none") + (s.read() ? " 1" : " 0"));
    };
    thread("driver", [&] {
        look("start");
        wait(ns(5));
        s.write(true);
        look("written");
        wait(SC_ZERO_TIME);
        look("next");
        wait(SC_ZERO_TIME);
        look("after");
        s.write(false);
        wait(ns(5));
        look("later");
    });
    sc_start();
}
