// A buffer announces every write, also of an equal value; two in one delta cycle once.
#include "scenario.h"

SCENARIO(buffer_equal)
{
    sc_buffer<int> s("s");
    method("m", [&] { note("written " + std::to_string(s.read())); },
           {&s.value_changed_event()}, false);
    thread("driver", [&] {
        for (int value : {0, 7, 7}) {
            wait(ns(5));
            s.write(value);
        }
        wait(ns(5));
        s.write(1);
        s.write(7);
    });
    sc_start();
}
