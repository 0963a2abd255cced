"""What holds for every test of the repository."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import settings

from oms_core.testing.running import Placement

# How long one example takes says nothing on a machine that does something else as well.
settings.register_profile("oms", deadline=None)
settings.load_profile("oms")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses the plugins of ``tests/shop.py`` in every placement, or in those that its mark names."""
    if "placement" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("placement")
        metafunc.parametrize("placement", mark.args if mark else get_args(Placement), scope="session")
