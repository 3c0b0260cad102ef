// What is written is not available, and what is read not free, before the next delta cycle.
#include "scenario.h"

SCENARIO(fifo_counts)
{
    sc_fifo<int> f("f", 3);
    auto counts = [&](const std::string& when) {
        note(when + " " + std::to_string(f.num_available()) + " " + std::to_string(f.num_free()));
    };
    thread("driver", [&] {
        counts("empty");
        f.write(1);
        f.write(2);
        counts("written");
        wait(SC_ZERO_TIME);
        counts("next");
        f.read();
        counts("read");
        f.write(3);
        counts("both");
        wait(SC_ZERO_TIME);
        counts("after");
    });
    sc_start();
}
