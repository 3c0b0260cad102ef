"""ARMv7-A: the A32 instruction set, its modes and exceptions, and the Cortex-A9 core.

Sections in the tables are those of the ARM Architecture Reference Manual, ARMv7-A and ARMv7-R
edition (DDI 0406).
"""
