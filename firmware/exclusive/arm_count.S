@ Counts under a lock that a MicroBlaze takes too, then says so and waits for it.
@ Shared words: 0x10000000 lock, +0x40 counter, +0x80 ARM is done, +0x84 MicroBlaze is done,
@ +0x88 how many times to count; 0 means 500.
    .syntax unified
    .arm
    .text
    .global _start
_start:
    ldr     r0, =0x10000000
    ldr     r4, [r0, #0x88]
    cmp     r4, #0
    moveq   r4, #500
    mov     r5, #1
next:
take:
    ldrex   r1, [r0]
    cmp     r1, #0
    bne     take
    strex   r2, r5, [r0]
    cmp     r2, #0
    bne     take
    dmb
    ldr     r3, [r0, #0x40]
    add     r3, r3, #1
    str     r3, [r0, #0x40]
    dmb
    str     r1, [r0]            @ r1 is 0
    subs    r4, r4, #1
    bne     next
    str     r5, [r0, #0x80]
wait:
    ldr     r1, [r0, #0x84]
    cmp     r1, #0
    beq     wait
    ldr     r1, =0x50000000     @ simctl: end the run
    mov     r2, #0
    str     r2, [r1]
stay:
    b       stay
