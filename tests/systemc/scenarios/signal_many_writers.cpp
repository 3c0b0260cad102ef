// With many writers two in one delta cycle are an error, in different ones not.
#include "scenario.h"

SCENARIO(signal_many_writers)
{
    sc_signal<int, SC_MANY_WRITERS> s("s", 0);
    sc_event go;
    thread("a", [&] {
        wait(ns(5));
        s.write(1);
        wait(ns(10));
        s.write(3);
        go.notify();
    });
    thread("b", [&] {
        wait(ns(10));
        expect_error([&] { s.write(2); });
        wait(go);
        expect_error([&] { s.write(4); });
    });
    method("m", [&] { note("value " + std::to_string(s.read())); }, {&s.value_changed_event()});
    sc_start();
}
