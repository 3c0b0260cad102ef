/* Exception vectors that call `handle` in C with a frame, each returning in another way.
 *
 * The frame is r0-r12, the address to return to, and the CPSR to return with. */
        .syntax unified
        .arm
        .text

        .global frame_vectors
        .balign 32
frame_vectors:
        b       .
        b       on_undefined
        b       on_svc
        b       on_prefetch
        b       on_data
        b       .
        b       .
        b       .

        .macro  enter kind, mode
        srsdb   sp!, #\mode
        push    {r0-r12}
        mov     r0, #\kind
        mov     r1, sp
        mrs     r2, cpsr
        mov     r4, sp
        bic     sp, sp, #7
        bl      handle
        mov     sp, r4
        .endm

on_undefined:                           /* RFE */
        enter   4, 0x1b
        pop     {r0-r12}
        rfeia   sp!

on_svc:                                 /* MOVS */
        enter   0, 0x13
        ldr     lr, [sp, #52]
        ldr     r0, [sp, #56]
        msr     spsr_cxsf, r0
        pop     {r0-r12}
        add     sp, sp, #8
        movs    pc, lr

on_prefetch:                            /* SUBS */
        enter   2, 0x17
        ldr     lr, [sp, #52]
        ldr     r0, [sp, #56]
        msr     spsr_cxsf, r0
        pop     {r0-r12}
        add     sp, sp, #8
        subs    pc, lr, #0

on_data:                                /* LDM with ^ */
        enter   1, 0x17
        ldr     r0, [sp, #56]
        msr     spsr_cxsf, r0
        ldr     r0, [sp, #52]           /* the address goes under the CPSR's place */
        str     r0, [sp, #56]
        pop     {r0-r12}
        add     sp, sp, #4
        ldm     sp!, {pc}^

/* Stacks of the modes that handlers run in, 8 KiB each. */
        .global set_stacks
        .type   set_stacks, %function
set_stacks:
        mrs     r1, cpsr
        ldr     r0, =mode_stacks + 8192
        .irp    mode, 0x11, 0x12, 0x17, 0x1b, 0x1f
        cps     #\mode
        mov     sp, r0
        add     r0, r0, #8192
        .endr
        msr     cpsr_c, r1
        bx      lr
        .ltorg

        .bss
        .balign 8
mode_stacks:
        .space  5 * 8192
