"""Which examples the whole suite leaves alone."""

from __future__ import annotations

# A stranger's plugin: tests/scaffold builds its wheel, installs it and runs its tests.
collect_ignore = ["happy_hour"]
