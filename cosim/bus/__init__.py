"""Transactions, sockets, routing, memory and direct memory access, after TLM-2.0."""
