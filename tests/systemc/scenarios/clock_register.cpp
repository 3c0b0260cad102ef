// Two registers on one clock: a value moves one register a cycle.
#include "scenario.h"

SCENARIO(clock_register)
{
    sc_clock clock("clock", 10, SC_NS);
    sc_signal<int> d("d", 0), q1("q1", 0), q2("q2", 0);
    method("r1", [&] { q1.write(d.read()); }, {&clock.posedge_event()}, false);
    method("r2", [&] { q2.write(q1.read()); }, {&clock.posedge_event()}, false);
    method("shown", [&] { note(std::to_string(q1.read()) + " " + std::to_string(q2.read())); },
           {&q1.value_changed_event(), &q2.value_changed_event()});
    thread("driver", [&] {
        wait(ns(15));
        d.write(5);
        wait(ns(10));
        d.write(6);
    });
    sc_start(ns(60));
}
