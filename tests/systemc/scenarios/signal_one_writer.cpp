// With one writer a second process that writes is an error.
#include "scenario.h"

SCENARIO(signal_one_writer)
{
    sc_signal<int> s("s", 0);
    thread("a", [&] {
        wait(ns(5));
        s.write(1);
    });
    thread("b", [&] {
        wait(ns(10));
        expect_error([&] { s.write(2); });
        wait(SC_ZERO_TIME);
        note("value " + std::to_string(s.read()));
    });
    sc_start();
}
