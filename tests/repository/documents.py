"""What the repository's pages hold: blocks of code, code in the text, links, headings."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    "*.md",
    ".github/**/*.md",
    "docs/**/*.md",
    "protos/*.md",
    "plugins/*/*.md",
    "sdk/*/*.md",
    "examples/**/*.md",
    "benchmarks/**/*.md",
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_INDENTED = re.compile(r"^ {4}(?![-*\d])(.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, empty for plain text, and what is in it."""

    page: str
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def blocks(self) -> Sequence[Block]:
        return [Block(self.name, *match.groups()) for match in _FENCE.finditer(self.text)]

    @cached_property
    def prose(self) -> str:
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> Sequence[str]:
        return _SPAN.findall(self.prose)

    @property
    def links(self) -> Sequence[str]:
        return _LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """The fragments by which GitHub finds the headings."""
        headings = _HEADING.findall(self.prose)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def of(self, *languages: str) -> Iterator[Block]:
        return (block for block in self.blocks if block.language in languages)

    @property
    def command_lines(self) -> Iterator[str]:
        """Whatever a reader may type: lines of shell and plain blocks, and code in the text."""
        for block in self.of("sh", "bash", ""):
            yield from block.text.replace("\\\n", " ").splitlines()
        yield from _INDENTED.findall(self.prose)
        yield from self.spans


def pages() -> Sequence[Page]:
    found = {path for pattern in PAGES for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    return [Page(path, path.read_text(encoding="utf-8")) for path in sorted(found)]


def occurs(block: str, source: str) -> bool:
    """Say whether the block is a run of the source's lines, however deep they are indented."""
    wanted = block.rstrip("\n").splitlines()
    lines = source.splitlines()
    return any(
        textwrap.dedent("\n".join(lines[start : start + len(wanted)])).splitlines() == wanted
        for start, line in enumerate(lines)
        if line.strip() == wanted[0].strip()
    )
