// An immediate notification in the update phase is an error.
#include "scenario.h"

SCENARIO(event_immediate_in_update)
{
    struct Channel : sc_prim_channel {
        sc_event e;
        using sc_prim_channel::request_update;
        void update() override { expect_error([&] { e.notify(); }); }
    } channel;
    watch(channel.e, "e");
    thread("driver", [&] {
        wait(ns(5));
        channel.request_update();
        channel.request_update();
        note("asked");
    });
    sc_start();
}
