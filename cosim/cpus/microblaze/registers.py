"""The registers of a MicroBlaze as slots of the state block, and the bits of the special ones."""

from __future__ import annotations

from cosim.cpus.isa.state import StateLayout

LAYOUT = StateLayout(
    [
        *(f"r{number}" for number in range(32)),
        "pc",
        "context",
        "btarget",  # where the present delay slot leads
        "carry",  # MSR[C] on its own: 0 or 1
        "msr",  # the other bits of the MSR
        "reservation",  # the internal reservation bit of lwx/swx
        "ear",
        "ear_high",  # its upper half, with more than 32 address bits
        "esr",
        "btr",  # while MSR[EIP] is set; before that BTR is the slot `btarget`
        "fsr",
        "edr",
        "slr",
        "shr",
        "pid",
        "zpr",
        "tlbx",
        "void",  # what is written to r0
    ]
)

CONTEXT = LAYOUT["context"]
BTARGET = LAYOUT["btarget"]
BTR = LAYOUT["btr"]
SLR = LAYOUT["slr"]
SHR = LAYOUT["shr"]
CARRY = LAYOUT["carry"]
MSR = LAYOUT["msr"]
RESERVATION = LAYOUT["reservation"]
VOID = LAYOUT["void"]

# Decode context (UG984, "Instructions": imm; "Branches": delay slots). A delay slot with a return
# kind belongs to rtid, rtbd or rted, which change the MSR when their slot is complete.
IMM_PENDING = 1 << 16  # the low 16 bits are the upper half of the next immediate
DELAY_SLOT = 1 << 17
AFTER_RTID = DELAY_SLOT | 1 << 18
AFTER_RTBD = DELAY_SLOT | 2 << 18
AFTER_RTED = DELAY_SLOT | 3 << 18
BRANCH_HAD_IMM = 1 << 20  # the branch of this delay slot has an imm before it
ATOMIC = 1 << 21  # the instruction before does not let an interrupt come between

# UG984, Machine Status Register
MSR_IE = 1 << 1
MSR_C = 1 << 2
MSR_BIP = 1 << 3
MSR_FSL = 1 << 4
MSR_ICE = 1 << 5
MSR_DZO = 1 << 6
MSR_DCE = 1 << 7
MSR_EE = 1 << 8
MSR_EIP = 1 << 9
MSR_PVR = 1 << 10
MSR_UM = 1 << 11
MSR_UMS = 1 << 12
MSR_VM = 1 << 13
MSR_VMS = 1 << 14
MSR_CC = 1 << 31

MSR_FLAGS = {
    "IE": MSR_IE,
    "BIP": MSR_BIP,
    "FSL": MSR_FSL,
    "ICE": MSR_ICE,
    "DZO": MSR_DZO,
    "DCE": MSR_DCE,
    "EE": MSR_EE,
    "EIP": MSR_EIP,
    "PVR": MSR_PVR,
    "UM": MSR_UM,
    "UMS": MSR_UMS,
    "VM": MSR_VM,
    "VMS": MSR_VMS,
}

# UG984, Exception Status Register: the cause, and what goes with it
EC_STREAM = 0
EC_UNALIGNED = 1
EC_ILLEGAL_OPCODE = 2
EC_INSTRUCTION_BUS = 3
EC_DATA_BUS = 4
EC_DIVIDE = 5
EC_FPU = 6
EC_PRIVILEGED = 7  # a stack protection violation too
EC_DATA_STORAGE = 16
EC_INSTRUCTION_STORAGE = 17
EC_DATA_TLB_MISS = 18
EC_INSTRUCTION_TLB_MISS = 19
ESR_RX_SHIFT = 5
ESR_STORE = 1 << 10
ESR_WORD = 1 << 11
ESR_DIVIDE_OVERFLOW = 1 << 11
ESR_ZONE = 1 << 11
ESR_DELAY_SLOT = 1 << 12

# UG984, Floating-Point Status Register
FSR_DO = 1 << 0
FSR_UF = 1 << 1
FSR_OF = 1 << 2
FSR_DZ = 1 << 3
FSR_IO = 1 << 4

# UG984, mfs and mts: special purpose registers by number
SPECIAL = {
    0x0000: "rpc",
    0x0001: "rmsr",
    0x0003: "rear",
    0x0005: "resr",
    0x0007: "rfsr",
    0x000B: "rbtr",
    0x000D: "redr",
    0x0800: "rslr",
    0x0802: "rshr",
    0x1000: "rpid",
    0x1001: "rzpr",
    0x1002: "rtlbx",
    0x1003: "rtlblo",
    0x1004: "rtlbhi",
    0x1005: "rtlbsx",
    **{0x2000 + number: f"rpvr{number}" for number in range(13)},
}
READABLE = {number: name for number, name in SPECIAL.items() if name != "rtlbsx"}
WRITABLE = {
    number: name
    for number, name in SPECIAL.items()
    if name in {"rmsr", "rfsr", "rslr", "rshr", "rpid", "rzpr"} or name.startswith("rtlb")
}

# What mfse and mtse reach: registers with an upper half.
READABLE_HIGH = {
    number: name
    for number, name in SPECIAL.items()
    if name in {"rear", "rtlblo", "rpvr6", "rpvr7", "rpvr8", "rpvr9"}
}
WRITABLE_HIGH = {number: name for number, name in SPECIAL.items() if name == "rtlblo"}
