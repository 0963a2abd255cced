"""Where the C library is older than the suite's runner wants, a newer one in a folder of its own."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.suite import SuiteMissing

_WANTED = (2, 38)
_RELEASE = "trixie"
_PACKAGES = ("libc6", "libstdc++6", "libgcc-s1", "zlib1g")
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def start_of(program: Path, cache: Path) -> list[str]:
    """Return the first words of a command that starts ``program`` here; raises SuiteMissing."""
    if _glibc() >= _WANTED:
        return [str(program)]
    libraries = _unpacked(cache) / "usr/lib/x86_64-linux-gnu"
    return [str(libraries / "ld-linux-x86-64.so.2"), "--library-path", str(libraries), str(program)]


def _glibc() -> tuple[int, ...]:
    name, version = platform.libc_ver()
    if platform.machine() != "x86_64" or name != "glibc":
        raise SuiteMissing("the suite's runner is a program for Linux with glibc on x86_64")
    return tuple(int(part) for part in version.split("."))


def _unpacked(cache: Path) -> Path:
    """Return a folder with Debian's newer libraries, which this system's own never see."""
    root = cache / _RELEASE
    if not root.is_dir():
        debs = cache / "debs"
        debs.mkdir(parents=True, exist_ok=True)
        apt = ["apt-get", "--quiet", "--quiet", *_options(cache / "apt")]
        _run([*apt, "update"], debs)
        _run([*apt, "download", *_PACKAGES], debs)
        fresh = cache / "unpacking"
        for deb in sorted(debs.glob("*.deb")):
            _run(["dpkg-deb", "--extract", str(deb), str(fresh)], debs)
        fresh.rename(root)
    return root


def _options(folder: Path) -> list[str]:
    """Return apt's options for a list of sources of our own, from the very mirror that this system uses."""
    mirrors = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Identifier: Packages"], Path.cwd())
    mirror = next((line for line in mirrors.splitlines() if line.rstrip("/").endswith("/debian")), None)
    if mirror is None:
        raise SuiteMissing("apt knows no mirror of Debian to take a newer C library from")
    (folder / "lists/partial").mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={_KEYS}] {mirror} {_RELEASE} main\n")
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    return [f"-o{name}={value}" for name, value in settings.items() if value]


def _run(command: Sequence[str], folder: Path) -> str:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SuiteMissing(
            f"the suite's runner needs glibc {'.'.join(map(str, _WANTED))},"
            f" and {command[0]} is not here to fetch it"
        ) from None
    except subprocess.CalledProcessError as error:
        raise SuiteMissing(f"{' '.join(command)} failed:\n{error.stderr.strip()}") from None
