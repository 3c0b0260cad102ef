"""Which instructions native code leaves to the reference interpreter, and why.

Templates of rows, as the tables have them. What is in none of these lists must be native.
"""

from __future__ import annotations

# fmt: off
INTERPRETED: dict[str, dict[str, list[str]]] = {
    "A32": {
        "exceptions, and returns from them": [
            "bkpt i", "ldm rn, loaded_and_pc", "ldmda rn, loaded_and_pc",
            "ldmdb rn, loaded_and_pc", "ldmib rn, loaded_and_pc", "rfe rn",
            "rfeda rn", "rfedb rn", "rfeib rn", "srs mode", "srsda mode",
            "srsdb mode", "srsib mode", "svc i",
        ],
        "registers of another mode": [
            "ldm rn, numbers", "ldmda rn, numbers", "ldmdb rn, numbers",
            "ldmib rn, numbers", "stm rn, numbers", "stmda rn, numbers",
            "stmdb rn, numbers", "stmib rn, numbers",
        ],
        "exclusive accesses": [
            "clrex", "ldrex rt, rn", "ldrexb rt, rn", "ldrexd pair, rn",
            "ldrexh rt, rn", "strex rd, rt, rn", "strexb rd, rt, rn",
            "strexd rd, pair, rn", "strexh rd, rt, rn", "swp rt, rm, rn",
            "swpb rt, rm, rn",
        ],
        "accesses with the rights of User mode": [
            "ldrbt rt, address", "ldrht rt, address", "ldrsbt rt, address",
            "ldrsht rt, address", "ldrt rt, address", "strbt rt, address",
            "strht rt, address", "strt rt, address",
        ],
        "waiting, and waking others": [
            "sev", "wfe", "wfi",
        ],
        "system registers, modes, maintenance": [
            "cps", "mcr p14, reg, rt", "mcr p15, reg, rt", "mcrr p15, o, rt, rt2",
            "mrc p14, reg, rt", "mrc p15, reg, apsr", "mrc p15, reg, rt",
            "mrrc p15, o, rt, rt2", "mrs rd, sr", "msr sr, op2", "msr sr, rn",
            "setend", "vmrs rt, fpexc", "vmrs rt, fpsid", "vmrs rt, mvfr0",
            "vmrs rt, mvfr1", "vmsr fpexc, rt", "vmsr fpscr, rt", "vmsr fpsid, rt",
        ],
        "floating point of rare kinds": [
            "vcvt.f32.s16 sd, places", "vcvt.f32.s32 sd, places", "vcvt.f32.u16 sd, places",
            "vcvt.f32.u32 sd, places", "vcvt.f64.s16 dd, places", "vcvt.f64.s32 dd, places",
            "vcvt.f64.u16 dd, places", "vcvt.f64.u32 dd, places", "vcvt.s16.f32 sd, places",
            "vcvt.s16.f64 dd, places", "vcvt.s32.f32 sd, places", "vcvt.s32.f64 dd, places",
            "vcvt.u16.f32 sd, places", "vcvt.u16.f64 dd, places", "vcvt.u32.f32 sd, places",
            "vcvt.u32.f64 dd, places", "vcvtb.f16.f32 sd, sm", "vcvtb.f32.f16 sd, sm",
            "vcvtr.s32.f32 sd, sm", "vcvtr.s32.f64 sd, dm", "vcvtr.u32.f32 sd, sm",
            "vcvtr.u32.f64 sd, dm", "vcvtt.f16.f32 sd, sm", "vcvtt.f32.f16 sd, sm",
        ],
    },
    "T32": {
        "exceptions, and returns from them": [
            "bkpt i", "rfe rn", "rfedb rn", "srs mode", "srsdb mode",
            "subs pc, lr, imm", "svc i",
        ],
        "exclusive accesses": [
            "clrex", "ldrex rt, address", "ldrexb rt, rn", "ldrexd pair, rn",
            "ldrexh rt, rn", "strex rd, rt, address", "strexb rd, rt, rn",
            "strexd rd, pair, rn", "strexh rd, rt, rn",
        ],
        "accesses with the rights of User mode": [
            "ldrbt rt, address", "ldrht rt, address", "ldrsbt rt, address",
            "ldrsht rt, address", "ldrt rt, address", "strbt rt, address",
            "strht rt, address", "strt rt, address",
        ],
        "waiting, and waking others": [
            "sev", "wfe", "wfi",
        ],
        "system registers, modes, maintenance": [
            "cps", "mcr p14, reg, rt", "mcr p15, reg, rt", "mcrr p15, o, rt, rt2",
            "mrc p14, reg, rt", "mrc p15, reg, apsr", "mrc p15, reg, rt",
            "mrrc p15, o, rt, rt2", "mrs rd, sr", "msr sr, rn", "setend",
            "vmrs rt, fpexc", "vmrs rt, fpsid", "vmrs rt, mvfr0", "vmrs rt, mvfr1",
            "vmsr fpexc, rt", "vmsr fpscr, rt", "vmsr fpsid, rt",
        ],
        "floating point of rare kinds": [
            "vcvt.f32.s16 sd, places", "vcvt.f32.s32 sd, places", "vcvt.f32.u16 sd, places",
            "vcvt.f32.u32 sd, places", "vcvt.f64.s16 dd, places", "vcvt.f64.s32 dd, places",
            "vcvt.f64.u16 dd, places", "vcvt.f64.u32 dd, places", "vcvt.s16.f32 sd, places",
            "vcvt.s16.f64 dd, places", "vcvt.s32.f32 sd, places", "vcvt.s32.f64 dd, places",
            "vcvt.u16.f32 sd, places", "vcvt.u16.f64 dd, places", "vcvt.u32.f32 sd, places",
            "vcvt.u32.f64 dd, places", "vcvtb.f16.f32 sd, sm", "vcvtb.f32.f16 sd, sm",
            "vcvtr.s32.f32 sd, sm", "vcvtr.s32.f64 sd, dm", "vcvtr.u32.f32 sd, sm",
            "vcvtr.u32.f64 sd, dm", "vcvtt.f16.f32 sd, sm", "vcvtt.f32.f16 sd, sm",
        ],
    },
    "MicroBlaze": {
        "waiting, and waking others": [
            "sleep",
        ],
        "system registers, modes, maintenance": [
            "msrclr rd, mask", "msrset rd, mask", "mts special, ra",
        ],
        "streams": [
            "t{N}{C}{A}put link", "t{N}{C}{A}putd rb", "{N}{C}get rd, link",
            "{N}{C}put ra, link", "{N}{C}{A}put ra, link", "{N}{C}{A}putd ra, rb",
            "{T}{N}{E}{C}{A}get rd, link", "{T}{N}{E}{C}{A}getd rd, rb",
        ],
        "other memories": [
            "lbuea rd, ra, rb", "lhuea rd, ra, rb", "lwea rd, ra, rb",
            "sbea rd, ra, rb", "shea rd, ra, rb", "swea rd, ra, rb",
        ],
    },
}
# fmt: on
