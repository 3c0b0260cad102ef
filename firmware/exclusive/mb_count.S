# The MicroBlaze's half of arm_count.S: the same lock, the same counter.
    .text
    .global _start
_start:
    addik   r5, r0, 0x10000000
    lwi     r9, r5, 0x88
    bnei    r9, begin
    addik   r9, r0, 500
begin:
    addik   r8, r0, 1
next:
take:
    lwx     r6, r5, r0
    bnei    r6, take
    swx     r8, r5, r0
    addic   r7, r0, 0           # the carry: not stored
    bnei    r7, take
    mbar    1
    lwi     r3, r5, 0x40
    addik   r3, r3, 1
    swi     r3, r5, 0x40
    mbar    1
    swi     r0, r5, 0
    addik   r9, r9, -1
    bnei    r9, next
    swi     r8, r5, 0x84
stay:
    bri     0
