"""A folder of keys, and who signs and verifies with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oms_core.auth import Issuer, KeyRing, Verifier


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.open(tmp_path / "keys")


@pytest.fixture
def issuer(keys: KeyRing) -> Issuer:
    return Issuer(keys, issuer="oms", audience="oms")


@pytest.fixture
def verifier(keys: KeyRing) -> Verifier:
    return Verifier(keys, issuer="oms", audience="oms")
