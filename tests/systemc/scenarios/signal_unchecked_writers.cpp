// Unchecked, the last of several writers wins.
#include "scenario.h"

SCENARIO(signal_unchecked_writers)
{
    sc_signal<int, SC_UNCHECKED_WRITERS> s("s", 0);
    sc_event go;
    thread("a", [&] {
        wait(ns(5));
        s.write(1);
        go.notify();
    });
    thread("b", [&] {
        wait(go);
        s.write(2);
    });
    method("m", [&] { note("value " + std::to_string(s.read())); }, {&s.value_changed_event()});
    sc_start();
}
