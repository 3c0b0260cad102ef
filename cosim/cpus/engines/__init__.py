"""How a description is executed.

`interpreter` executes one instruction after the other and is right by inspection. The translator
makes native code, in this order: `decode` reads guest code, `block` is what comes of it, `stencils`
has native code of every form of instruction, `patch` copies and fills it in, `chain` leads blocks
to each other, `code_cache` keeps them until somebody writes over their guest code, `soft_mmu` finds
the guest's memory, and `translator` runs it all, in the memory of `runtime_block` and
`code_memory`.
"""
