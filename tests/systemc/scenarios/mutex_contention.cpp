// Unlocking wakes who waits in the same evaluate phase.
#include "scenario.h"

SCENARIO(mutex_contention)
{
    sc_mutex m("m");
    thread("a", [&] {
        m.lock();
        note("a has it");
        wait(ns(10));
        note("a gives it");
        m.unlock();
    });
    thread("b", [&] {
        wait(ns(5));
        note(m.trylock() == 0 ? "b got it" : "b did not get it");
        m.lock();
        note("b has it");
        m.unlock();
    });
    sc_start();
}
