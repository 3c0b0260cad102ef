"""Tools for tests: of this project, and of models that others add to it."""
