/* visit(cpsr, hole, flags): in the mode of `cpsr`, a call, an undefined instruction, a load, a store
 * and a branch that abort; then home by a last call. */
        .syntax unified
        .arm
        .text
        .global visit
        .type   visit, %function
visit:
        push    {r4-r11, lr}
        ldr     r3, =home
        str     sp, [r3]
        mov     r5, r1
        msr     cpsr_c, r0
        msr     cpsr_f, r2
        mov     r8, #0x80
        mov     r9, #0x90
        mov     r10, #0xa0
        mov     r11, #0xb0
        .global visit_svc, visit_undefined, visit_load, visit_store, visit_branch, visit_end
visit_svc:
        svc     #1
visit_undefined:
        udf     #2
visit_load:
        ldr     r6, [r5]
visit_store:
        str     r6, [r5, #4]!
visit_branch:
        adr     r7, visit_end
        bx      r5
visit_end:
        svc     #99
        udf     #99

        .global go_home
        .type   go_home, %function
go_home:
        cps     #0x13
        ldr     r3, =home
        ldr     sp, [r3]
        pop     {r4-r11, pc}

/* call_svc(number): a call from within a handler, which keeps what the call destroys. */
        .global call_svc
        .type   call_svc, %function
call_svc:
        push    {r4, lr}
        mrs     r4, spsr
        svc     #7
        msr     spsr_cxsf, r4
        pop     {r4, pc}

        .global raise_undefined
        .type   raise_undefined, %function
raise_undefined:
        udf     #3
        bx      lr

        .global load_word
        .type   load_word, %function
load_word:
        ldr     r0, [r0]
        bx      lr
        .ltorg

        .bss
home:   .space  4
