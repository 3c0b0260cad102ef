/* Handlers of interrupts that let themselves be interrupted, in two styles, and what raises them. */
        .syntax unified
        .arm
        .text

        .global return_by_rfe, return_by_ldm
        .balign 32
return_by_rfe:
        b       .
        b       .
        b       on_svc
        b       .
        b       .
        b       .
        b       on_irq
        b       on_fiq
        .balign 32
return_by_ldm:
        b       .
        b       .
        b       on_svc
        b       .
        b       .
        b       .
        b       on_irq_too
        b       on_fiq

/* State on the System mode's stack, where the handler runs too: SRS, CPS, RFE. */
on_irq:
        sub     lr, lr, #4
        srsdb   sp!, #0x1f
        cps     #0x1f
        push    {r0-r3, r12, lr}
        ldr     r0, [sp, #28]           /* the SPSR */
        and     r1, sp, #4
        sub     sp, sp, r1
        push    {r1, lr}
        bl      interrupt
        pop     {r1, lr}
        add     sp, sp, r1
        pop     {r0-r3, r12, lr}
        rfeia   sp!

/* As before ARMv6: state on the IRQ mode's stack, the handler in Supervisor mode, LDM with ^. */
on_irq_too:
        sub     lr, lr, #4
        push    {r0-r3, r12, lr}
        mrs     r0, spsr
        push    {r0, r1}
        msr     cpsr_c, #0x93
        and     r1, sp, #4
        sub     sp, sp, r1
        push    {r1, lr}
        bl      interrupt
        pop     {r1, lr}
        add     sp, sp, r1
        msr     cpsr_c, #0x92
        pop     {r0, r1}
        msr     spsr_cxsf, r0
        ldm     sp!, {r0-r3, r12, pc}^

/* All in banked registers: r8 counts, r10 is the controller, r11 where the log's end is kept. */
on_fiq:
        add     r8, r8, #1
        ldr     sp, [r11]
        mov     r12, #2                 /* FIQ */
        str     r12, [sp], #4
        ldr     r9, [r10, #0x0c]        /* IAR */
        str     r9, [sp], #4
        mrs     r12, spsr
        str     r12, [sp], #4
        ldr     r12, [r10, #0x14]       /* RPR */
        str     r12, [sp], #4
        ldr     r12, [r10, #0x18]       /* HPPIR */
        str     r12, [sp], #4
        str     r8, [sp], #4
        str     sp, [r11]
        str     r9, [r10, #0x10]        /* EOIR */
        dsb
        subs    pc, lr, #4

/* fiq_registers(controller, where the log's end is kept) */
        .global fiq_registers
        .type   fiq_registers, %function
fiq_registers:
        mrs     r2, cpsr
        cpsid   if, #0x11
        mov     r8, #0
        mov     r10, r0
        mov     r11, r1
        msr     cpsr_c, r2
        bx      lr

/* Stacks of the Interrupt mode, and of System and User mode, 4 KiB each. */
        .global interrupt_stacks
        .type   interrupt_stacks, %function
interrupt_stacks:
        mrs     r1, cpsr
        ldr     r0, =stacks + 4096
        cps     #0x12
        mov     sp, r0
        cps     #0x1f
        add     sp, r0, #4096
        msr     cpsr_c, r1
        bx      lr
        .ltorg

/* A call whose number is in r0: its handler gets what it returns with. */
on_svc:
        cmp     r0, #99                 /* the end of in_user */
        moveq   pc, lr
        srsdb   sp!, #0x13
        push    {r1-r3, r12}
        ldr     r1, [sp, #20]
        and     r2, sp, #4
        sub     sp, sp, r2
        push    {r2, lr}
        bl      called
        pop     {r2, lr}
        add     sp, sp, r2
        pop     {r1-r3, r12}
        rfeia   sp!

/* call_svc(number), which also works from Supervisor mode */
        .global call_svc
        .type   call_svc, %function
call_svc:
        push    {r4, lr}
        svc     #0
        pop     {r4, pc}

/* in_user(function, argument): in User mode, with interrupts as they are. */
        .global in_user
        .type   in_user, %function
in_user:
        push    {r4, lr}
        mov     r2, r0
        mov     r0, r1
        cps     #0x10
        blx     r2
        mov     r0, #99
        svc     #0
        cpsie   i
        pop     {r4, pc}

/* check_registers(where to send, what): the sum of all that an interrupt must keep. */
        .global check_registers
        .type   check_registers, %function
check_registers:
        push    {r4-r11, lr}
        mov     r2, #3
        mov     r3, #5
        mov     r4, #7
        mov     r5, #11
        mov     r6, #13
        mov     r7, #17
        mov     r8, #19
        mov     r9, #23
        mov     r10, #29
        mov     r11, #31
        mov     r12, #37
        mov     lr, #41
        cmp     r2, r3                  /* N, C clear, Z clear */
        str     r1, [r0]
        dsb
        isb
        mov     r0, #0
        adcmi   r0, r0, r2
        .irp    n, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr
        add     r0, \n, r0, lsl #1
        .endr
        pop     {r4-r11, pc}

/* send_in_it_block(where to send, what): an interrupt may come between any two of it. */
        .global send_in_it_block
        .thumb_func
        .thumb
send_in_it_block:
        movs    r2, #1
        cmp     r2, #1
        itete   eq
        streq   r1, [r0]
        addne   r2, #100
        addeq   r2, #2
        addne   r2, #100
        cmp     r2, #3
        itttt   eq
        addeq   r2, #4
        streq   r1, [r0]
        addeq   r2, #8
        addeq   r2, #16
        dsb
        isb
        mov     r0, r2
        bx      lr

        .bss
        .balign 8
stacks: .space  2 * 4096
