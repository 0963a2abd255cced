"""What holds for every test of the repository."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says nothing on a machine that does something else as well.
settings.register_profile("oms", deadline=None)
settings.load_profile("oms")
