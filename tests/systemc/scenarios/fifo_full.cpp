// A writer blocks on a full fifo until a place is freed, one delta cycle after the read.
#include "scenario.h"

SCENARIO(fifo_full)
{
    sc_fifo<int> f("f", 2);
    thread("writer", [&] {
        for (int i = 1; i <= 4; ++i) {
            f.write(i);
            note("wrote " + std::to_string(i));
        }
    });
    thread("reader", [&] {
        for (int i = 1; i <= 4; ++i) {
            wait(ns(10));
            note("read " + std::to_string(f.read()));
        }
    });
    sc_start();
}
