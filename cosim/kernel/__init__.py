"""Simulated time, processes, events, signals and the quantum; knows no bus and no CPU."""
