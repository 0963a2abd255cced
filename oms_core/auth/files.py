"""Secret files: readable by their owner only, and complete from the moment they can be seen."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from oms_core.errors import AuthError


def private_folder(folder: Path) -> Path:
    """Return ``folder``, made with mode 0700 if it was not there; its parents keep their permissions."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise AuthError(
            "KEYS_FOLDER_UNUSABLE",
            f"cannot make the keys folder {folder}: {error.strerror}",
            hint="give --data (or OMS_DATA) a folder that this user may write",
        ) from error
    return folder


def create_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the content of ``path``; whoever comes first makes it, and nobody sees half of it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise AuthError(
            "KEY_UNREADABLE", f"cannot read {path}: {error.strerror}", hint="run as the user who owns it"
        ) from error
    draft = _draft(path, make())
    try:
        # A link fails where a rename would replace: two first starts at once agree on one key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def replace(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` in one step."""
    _draft(path, content).replace(path)


def _draft(path: Path, content: bytes) -> Path:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp means 0600
    except OSError as error:
        raise AuthError(
            "KEYS_FOLDER_UNUSABLE",
            f"cannot write to {path.parent}: {error.strerror}",
            hint="give --data (or OMS_DATA) a folder that this user may write",
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
