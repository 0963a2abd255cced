"""``python -m oms_core.plugins.manifest_process``: describes plugins in a process that imported nothing yet.

It reads a JSON array of ``Candidate`` and answers with one of ``Described``, in the same sequence.
"""

from __future__ import annotations

import contextlib
import sys
from importlib.metadata import EntryPoint

import msgspec

from oms_core.errors import OmsError
from oms_core.plugins.description import describe
from oms_core.plugins.discovery import GROUP, Installed
from oms_core.plugins.loading import load
from oms_core.plugins.manifest import to_json
from oms_core.plugins.registering import commands_of, registration_of


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin to describe: what its pyproject.toml says, and where to import it from."""

    name: str
    place: str
    distribution: str
    version: str
    paths: tuple[str, ...] = ()


class Described(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of a manifest, or why there is none."""

    manifest: str = ""
    error: str = ""
    hint: str = ""


def described(candidate: Candidate) -> Described:
    """Import a plugin and describe it; whatever is wrong with it is in the answer."""
    point = EntryPoint(candidate.name, candidate.place, GROUP)
    try:
        plugin = load(Installed(candidate.name, candidate.distribution, candidate.version, point))
        manifest = describe(
            plugin,
            registration_of(plugin),
            distribution=candidate.distribution,
            version=candidate.version,
            commands=commands_of(plugin),
        )
    except OmsError as error:
        return Described(error=error.message, hint=error.hint)
    return Described(manifest=to_json(manifest).decode())


def main() -> None:
    """Answer on standard output; whatever a plugin prints goes to standard error."""
    candidates = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Candidate])
    sys.path[:0] = dict.fromkeys(path for candidate in candidates for path in candidate.paths)
    with contextlib.redirect_stdout(sys.stderr):
        answers = [described(candidate) for candidate in candidates]
    sys.stdout.buffer.write(msgspec.json.encode(answers))


if __name__ == "__main__":
    main()
