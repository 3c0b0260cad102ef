"""Processors: the generic core, how instruction sets are described, and how they are executed."""
