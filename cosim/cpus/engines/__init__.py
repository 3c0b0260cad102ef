"""How a description is executed. Knows no instruction set."""
