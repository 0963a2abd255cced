"""A proto whose header comment says what becomes of it: its routes and what requests do, or its error."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.protoc import request_for
from oms_wire.route import Route
from oms_wire.service import Service

FOLDER = Path(__file__).parent / "routes"
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<target>\S+)(?: (?P<body>.+?))? -> (?P<expected>.+)")


@dataclass(frozen=True)
class Line:
    """``METHOD /target body -> expected``; a body may begin with its media type."""

    text: str
    method: str
    target: str
    body: str
    expected: str

    @property
    def content(self) -> tuple[str, bytes]:
        media_type, _, rest = self.body.partition(" ")
        if re.fullmatch(r"\w+/\w+", media_type):
            return media_type, rest.encode()
        return "application/json", self.body.encode()

    @property
    def status(self) -> int | None:
        head = self.expected.partition(" ")[0]
        return int(head) if head.isdigit() else None


@dataclass(frozen=True)
class Header:
    """What the comment says."""

    routes: list[str]
    requests: list[Line]
    answers: list[Line]
    error: str


def header_of(name: str) -> Header:
    """Read the header of ``routes/<name>.proto``."""
    sections: dict[str, list[str]] = {"routes": [], "requests": [], "answers": []}
    error, section = "", ""
    for line in (FOLDER / f"{name}.proto").read_text().splitlines():
        if not line.startswith("//"):
            break
        text = line.removeprefix("//").strip()
        if text.startswith("error: "):
            error = text.removeprefix("error: ")
        elif text.removesuffix(":") in sections:
            section = text.removesuffix(":")
        elif section and text:
            sections[section].append(text)
    lines = {key: [_line(text) for text in sections[key]] for key in ("requests", "answers")}
    return Header(sections["routes"], lines["requests"], lines["answers"], error)


def _line(text: str) -> Line:
    match = _REQUEST.fullmatch(text)
    assert match, text
    return Line(text, match["method"], match["target"], match["body"] or "", match["expected"])


def compiled(name: str, folder: Path, *, module: str, messages: str = "betterproto2") -> str:
    """Return the compiler's error for one proto; empty when the package ``module`` lies in ``folder``."""
    (folder / "protos").mkdir(parents=True, exist_ok=True)
    (folder / "protos" / f"{name}.proto").write_text((FOLDER / f"{name}.proto").read_text())
    request = request_for(folder / "protos", packages={"acme": module})
    request.parameter += f",messages={messages}"
    response = generate(request)
    for file in response.file:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(file))
    return response.error


Answer = Callable[[str, Any], Any]


def service_of(package: str, folder: Path, answer: Answer) -> Any:
    """Return a service of a generated package.

    Every method answers what ``answer`` returns for the RPC's name and its request; None is an empty message.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    services = import_module(f"{package}.services")
    base = next(
        value for key, value in vars(services).items() if key.endswith("Base") and value is not Service
    )

    return implemented(base, answer)


def implemented(base: Any, answer: Answer) -> Any:
    """Return a service whose methods answer what ``answer`` returns; one that streams, with it alone."""

    def method(rpc: Any) -> Any:
        name = rpc.full_name.rpartition("/")[2]

        def given(request: Any) -> Any:
            found = answer(name, request)
            return rpc.response() if found is None else rpc.response.from_dict(found)

        async def handle(self: object, request: Any) -> Any:
            return given([one async for one in request] if rpc.streaming.of_requests else request)

        async def stream(self: object, request: Any) -> Any:
            yield await handle(self, request)

        return stream if rpc.streaming.of_answers else handle

    return type("Service", (base,), {rpc.name: method(rpc) for rpc in base.METHODS})()


def routes_of(package: str) -> tuple[Route[Any, Any], ...]:
    """Return the routes of a generated package."""
    routes: tuple[Route[Any, Any], ...] = import_module(f"{package}.routes").ROUTES
    return routes
