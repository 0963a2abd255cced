"""Keys lie in files that only their owner reads, and can be changed without a token lost."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from oms_core.auth import Issuer, KeyRing, Seals, Verifier
from oms_core.auth import keys as keys_module
from oms_core.context import Grant
from oms_core.errors import AuthError
from oms_wire.errors import Unauthenticated


def _token(keys: KeyRing) -> str:
    issuer = Issuer(keys, issuer="oms", audience="oms")
    return issuer.issue("user:1", tenant="chn_a", grants=[Grant("owner", "chn_a")], ttl=timedelta(hours=1))


def test_the_owner_alone_reads_the_keys(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    KeyRing.open(tmp_path / "deep" / "keys")
    Seals.in_folder(tmp_path / "deep" / "keys")
    folder = tmp_path / "deep" / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {"active.pem", "seals.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(16) as pool:
        kids = set(pool.map(lambda _: KeyRing.open(folder).active_kid, range(64)))
    assert len(kids) == 1
    assert [path.name for path in folder.iterdir()] == ["active.pem"]


def test_a_rotation_loses_no_token(keys: KeyRing, verifier: Verifier) -> None:
    old, first = _token(keys), keys.active_kid
    coming = keys.prepare()
    assert keys.prepare() == coming
    assert keys.active_kid == first
    assert keys.promote() == coming == keys.active_kid
    assert verifier.verify(old)
    assert verifier.verify(_token(keys))
    keys.forget(first)
    with pytest.raises(Unauthenticated):
        verifier.verify(old)
    assert verifier.verify(_token(keys))


def test_another_process_learns_of_new_and_forgotten_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_module, "RELOAD_AFTER", 0.0)
    mine, theirs = KeyRing.open(tmp_path / "keys"), KeyRing.open(tmp_path / "keys")
    verifier = Verifier(theirs, issuer="oms", audience="oms")
    first = mine.active_kid
    mine.prepare()
    mine.promote()
    assert verifier.verify(_token(mine))
    mine.forget(first)
    assert theirs.public_key(first) is None


def test_unknown_key_ids_do_not_make_it_look_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = KeyRing.open(tmp_path / "keys"), KeyRing.open(tmp_path / "keys")
    mine.prepare()
    assert [theirs.public_key(f"kid{n}") for n in range(100)] == [None] * 100
    assert theirs.generation == 1


def test_a_folder_that_breaks_later_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keys_module, "RELOAD_AFTER", 0.0)
    keys = KeyRing.open(tmp_path / "keys")
    (tmp_path / "keys" / "retired-x.pem").write_text("nonsense")
    assert keys.public_key(keys.active_kid) is not None
    assert "retired-x.pem" in caplog.text
    (tmp_path / "keys").rename(tmp_path / "gone")
    assert keys.public_key(keys.active_kid) is not None


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "active.pem").write_bytes(content)
    with pytest.raises(AuthError, match=r"active\.pem"):
        KeyRing.open(tmp_path)


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuthError, match="keys folder"):
        KeyRing.open(tmp_path / "file" / "keys")


def test_only_a_retired_key_can_be_forgotten(keys: KeyRing) -> None:
    with pytest.raises(AuthError, match="no retired key"):
        keys.forget(keys.active_kid)
