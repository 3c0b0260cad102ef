// pause completes the delta cycle; the next run goes on where it was.
#include "scenario.h"

SCENARIO(pause)
{
    sc_signal<int> s("s", 0);
    method("m", [&] { note("value " + std::to_string(s.read())); }, {&s.value_changed_event()});
    thread("driver", [&] {
        wait(ns(5));
        s.write(1);
        sc_pause();
        note("paused");
        wait(SC_ZERO_TIME);
        note("on");
        wait(ns(5));
        note("last");
    });
    sc_start(ns(20));
    note("first end " + std::to_string(s.read()));
    sc_start(ns(20));
    note("second end");
}
