// A change takes one delta cycle for each process it goes through.
#include "scenario.h"

SCENARIO(signal_chain)
{
    sc_signal<int> a("a", 0), b("b", 0), c("c", 0);
    method("ab", [&] { b.write(a.read() + 1); }, {&a.value_changed_event()}, false);
    method("bc", [&] { c.write(b.read() + 1); }, {&b.value_changed_event()}, false);
    method("cc", [&] { note("c " + std::to_string(c.read())); }, {&c.value_changed_event()});
    thread("driver", [&] {
        wait(ns(5));
        a.write(10);
        note("written");
    });
    sc_start();
}
