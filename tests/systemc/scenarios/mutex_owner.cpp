// Locking again by the owner returns at once and is not counted; unlocking by another fails.
#include "scenario.h"

SCENARIO(mutex_owner)
{
    sc_mutex m("m");
    thread("a", [&] {
        m.lock();
        m.lock();
        note("twice");
        wait(ns(10));
        note("unlock " + std::to_string(m.unlock()));
        note("unlock " + std::to_string(m.unlock()));
    });
    thread("b", [&] {
        wait(ns(5));
        note("b unlock " + std::to_string(m.unlock()));
        wait(ns(10));
        note("b trylock " + std::to_string(m.trylock()));
    });
    sc_start();
}
