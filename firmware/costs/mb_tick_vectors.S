/* MicroBlaze vectors: interrupts go to tick.c. */
        .section .vectors.reset, "ax"
        brai    _start
        .section .vectors.user, "ax"
        bri     0
        .section .vectors.interrupt, "ax"
        brai    on_tick
        .section .vectors.break, "ax"
        bri     0
        .section .vectors.exception, "ax"
        bri     0
