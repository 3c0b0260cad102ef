/* MicroBlaze vectors of a board with no handlers: reset starts the program, the rest stop it. */
        .section .vectors.reset, "ax"
        brai    _start
        .section .vectors.user, "ax"
        bri     0
        .section .vectors.interrupt, "ax"
        bri     0
        .section .vectors.break, "ax"
        bri     0
        .section .vectors.exception, "ax"
        bri     0
