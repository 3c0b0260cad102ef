// Two processes exchange the values of two signals without losing one.
#include "scenario.h"

SCENARIO(signal_swap)
{
    sc_signal<int> a("a", 1), b("b", 2);
    sc_event go;
    thread("pa", [&] {
        wait(go);
        a.write(b.read());
    });
    thread("pb", [&] {
        wait(go);
        b.write(a.read());
    });
    method("shown", [&] { note(std::to_string(a.read()) + " " + std::to_string(b.read())); },
           {&a.value_changed_event(), &b.value_changed_event()});
    go.notify(ns(5));
    sc_start();
}
