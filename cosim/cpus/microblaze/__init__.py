"""MicroBlaze, 32 bit: the instructions, registers and exceptions of UG984."""
