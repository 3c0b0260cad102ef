// Runs the scenario that the first argument names; without one prints the names.
#include "scenario.h"

int sc_main(int argc, char* argv[])
{
    if (argc < 2) {
        for (const auto& [name, run] : scenarios())
            std::puts(name.c_str());
        return 0;
    }
    sc_report_handler::set_actions(SC_INFO, SC_DO_NOTHING);
    sc_report_handler::set_actions(SC_WARNING, SC_DO_NOTHING);
    scenarios().at(argv[1])();
    std::fflush(stdout);
    std::_Exit(0); // the order in which the kernel takes itself apart is no part of a scenario
}
