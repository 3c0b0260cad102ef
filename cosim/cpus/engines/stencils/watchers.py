"""Who is told that native code is being built, which takes seconds where nothing is kept yet."""

from __future__ import annotations

from collections.abc import Callable

Watcher = Callable[[str, int, int], None]
"""Called with (the core's type, forms compiled, forms to compile): before, meanwhile, after."""

watchers: list[Watcher] = []
