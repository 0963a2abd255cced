"""A plugin's manifest: what it is and what it brings, readable without importing it.

``oms generate`` writes it as ``manifest.json`` beside ``plugin.py``; it is committed, and whatever the
runtime has to know before it imports a plugin stands in it. This module imports next to nothing, since
``oms --help`` stands on it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from oms_core.errors import PluginError

API_VERSION = 1
"""The version of the plugin interface; grows when a plugin would have to change."""

FILE = "manifest.json"

Schema = dict[str, Any]
"""A JSON Schema document."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the parts of a manifest have in common: what is empty is left out."""


class Permission(Entry, frozen=True, kw_only=True):
    """A permission that the plugin's methods ask for, and the roles that hold it by default."""

    name: str
    roles: list[str] = []


class Rpc(Entry, frozen=True, kw_only=True):
    """One method of a service: who may call it, and where HTTP reaches it (``POST /v1/notes``)."""

    name: str
    permission: str = ""
    scope: str
    idempotency: str
    routes: list[str] = []


class ServedService(Entry, frozen=True, kw_only=True):
    """A service that the plugin serves, by its full proto name."""

    name: str
    contract: str = ""
    """The generated package, for example ``oms_protos.notes.v1``."""
    methods: list[Rpc] = []


class OfferedHook(Entry, frozen=True, kw_only=True):
    """A hook that the plugin's contract declares and others may answer."""

    name: str
    """``package.Service/Method``."""
    contract: str = ""
    """The generated class of hooks, for example ``oms_protos.notes.v1.NoteHooks``."""
    combine: str
    deadline_ms: int
    on_failure: str


class HookAnswer(Entry, frozen=True, kw_only=True):
    """A hook of another plugin that this one answers, and by which function."""

    hook: str
    function: str


class PublishedEvent(Entry, frozen=True, kw_only=True):
    """An event that the plugin's contract declares, and its generated class."""

    name: str
    version: int
    message: str


class HandledEvent(Entry, frozen=True, kw_only=True):
    """An event that the plugin reacts to, and by which function."""

    name: str
    version: int
    handler: str
    ordered: bool = True
    history: bool = False


class RunProcess(Entry, frozen=True, kw_only=True):
    """A process manager that the plugin runs: the events that it hears, and the commands that it performs."""

    name: str
    hears: list[str] = []
    does: list[str] = []


class Command(Entry, frozen=True, kw_only=True):
    """A command that the plugin adds to ``oms``, with its one line of help."""

    name: str
    help: str = ""


class Manifest(Entry, frozen=True, kw_only=True):
    """Everything that may be known of a plugin before it is imported.

    Parts that this version does not know are passed over when a manifest is read; ``api`` says whether
    plugin and runtime understand each other.
    """

    name: str
    distribution: str
    version: str
    api: int
    summary: str
    requires: list[str] = []
    after: list[str] = []
    permissions: list[Permission] = []
    services: list[ServedService] = []
    hooks: list[OfferedHook] = []
    answers: list[HookAnswer] = []
    events: list[PublishedEvent] = []
    handles: list[HandledEvent] = []
    processes: list[RunProcess] = []
    tables: list[str] = []
    provides: list[str] = []
    """Ports of the core that the plugin fills, for example ``Directory``."""
    lifecycle: list[str] = []
    """The phases in which the plugin does something."""
    commands: list[Command] = []
    settings: Schema | None = None
    """The JSON Schema of the plugin's settings; None: it has none."""

    @property
    def routes(self) -> list[tuple[str, str]]:
        """Every route with the full name of its method."""
        return [
            (route, f"{service.name}/{rpc.name}")
            for service in self.services
            for rpc in service.methods
            for route in rpc.routes
        ]


class _Head(msgspec.Struct, frozen=True):
    """The part of a manifest that stays readable whatever the plugin API."""

    name: str
    api: int


def to_json(manifest: Manifest) -> bytes:
    """Return the content of a manifest file; the same bytes for the same manifest."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def from_json(content: bytes) -> Manifest:
    """Read a manifest file.

    One of another plugin API is read as far as its name and that API; raises PluginError for content
    that is none.
    """
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.api != API_VERSION:
            return Manifest(name=head.name, distribution="", version="", api=head.api, summary="")
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise PluginError("MANIFEST_INVALID", str(error), hint="oms generate") from None
