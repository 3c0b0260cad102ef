// What every scenario uses: processes without a module around them, and one way to print.
#pragma once

#define SC_INCLUDE_DYNAMIC_PROCESSES // sc_spawn

#include <cstdio>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <systemc>

using namespace sc_core;

// Scenarios by name.
inline std::map<std::string, void (*)()>& scenarios()
{
    static std::map<std::string, void (*)()> table;
    return table;
}

#define SCENARIO(name)                                             \
    static void name();                                            \
    static const bool name##_known = (scenarios()[#name] = name);  \
    static void name()

inline sc_time ns(int count) { return sc_time(count, SC_NS); }

// One line: the time in ps, the delta count, the text.
inline void note(const std::string& what)
{
    std::printf("%llu %llu %s\n", static_cast<unsigned long long>(sc_time_stamp().value()),
                static_cast<unsigned long long>(sc_delta_count()), what.c_str());
}

using Events = std::initializer_list<const sc_event*>;

inline sc_process_handle spawn(const char* name, const std::function<void()>& body, Events events,
                               bool initialize, bool is_method)
{
    sc_spawn_options options;
    if (is_method)
        options.spawn_method();
    if (!initialize)
        options.dont_initialize();
    for (const sc_event* event : events)
        options.set_sensitivity(event);
    return sc_spawn(body, name, &options);
}

inline sc_process_handle thread(const char* name, const std::function<void()>& body,
                                Events events = {}, bool initialize = true)
{
    return spawn(name, body, events, initialize, false);
}

inline sc_process_handle method(const char* name, const std::function<void()>& body,
                                Events events = {}, bool initialize = true)
{
    return spawn(name, body, events, initialize, true);
}

// A thread that notes each happening of `event`.
inline void watch(sc_event& event, const char* name)
{
    thread(sc_gen_unique_name("watch"), [&event, name] {
        while (true) {
            wait(event);
            note(name);
        }
    });
}

// Notes whether `action` is reported as an error.
template <class Action> void expect_error(const Action& action)
{
    try {
        action();
        note("no error");
    } catch (const sc_report&) {
        note("error");
    }
}
