"""How an instruction set is described: patterns, operands, operations. Knows no instruction set."""
