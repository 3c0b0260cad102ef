"""Stencils: machine code of instruction forms, with holes, made of the rows by LLVM."""
