from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.plugins.workshop import Workshop

# The compiler's golden files are the contract whose hooks are answered here.
sys.path.insert(0, str(Path(__file__).parents[1] / "codegen" / "golden"))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)
