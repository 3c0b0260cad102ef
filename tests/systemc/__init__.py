"""The SystemC reference implementation as outside judge of the kernel."""
