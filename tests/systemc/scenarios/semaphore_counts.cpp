// As many processes as the value says hold a semaphore at a time.
#include "scenario.h"

SCENARIO(semaphore_counts)
{
    sc_semaphore s("s", 2);
    for (int i = 0; i < 3; ++i)
        thread(sc_gen_unique_name("user"), [&] {
            s.wait();
            note("in");
            wait(ns(10));
            note("out");
            s.post();
        });
    thread("looker", [&] {
        wait(ns(5));
        note("value " + std::to_string(s.get_value()));
        note("trywait " + std::to_string(s.trywait()));
        wait(ns(10));
        note("value " + std::to_string(s.get_value()));
        note("trywait " + std::to_string(s.trywait()));
        note("value " + std::to_string(s.get_value()));
    });
    sc_start();
}
