// A non-blocking access that is impossible changes nothing.
#include "scenario.h"

SCENARIO(fifo_nonblocking)
{
    sc_fifo<int> f("f", 1);
    thread("driver", [&] {
        int value = -1;
        note(f.nb_read(value) ? "read" : "empty");
        note(f.nb_write(1) ? "written" : "full");
        note(f.nb_write(2) ? "written" : "full");
        note(f.nb_read(value) ? "read" : "empty");
        wait(SC_ZERO_TIME);
        note(f.nb_write(3) ? "written" : "full");
        const bool read = f.nb_read(value);
        note((read ? "read " : "empty ") + std::to_string(value));
        note(f.nb_write(4) ? "written" : "full");
        wait(SC_ZERO_TIME);
        note(f.nb_write(5) ? "written" : "full");
    });
    sc_start();
}
