"""Whether a line that somebody may type says something that the commands understand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from oms_core.cli.main import main

_OMS = re.compile(r"(?:^|[\s;&|(])oms\s+(\S.*)$")
_MAKE = re.compile(r"(?:^|[\s;&|(])make\s+([a-z].*)$")
_END = re.compile(r"\s{2,}|\s#|[|;&>]")
_PLACEHOLDER = re.compile(r"^[<\[…]|^\.\.\.$")


def wrong_in(line: str, *, makefile: Path) -> Iterator[str]:
    """Say what is wrong with the ``oms`` or ``make`` command in a line, if there is one."""
    line = line.partition(" # ")[0]
    if found := _OMS.search(line):
        yield from _wrong_oms(_words(found[1]))
    if found := _MAKE.search(line):
        targets = set(re.findall(r"^([a-z-]+):", makefile.read_text(encoding="utf-8"), re.M))
        for word in _words(found[1]):
            if "=" not in word and word not in targets:
                yield f"make has no target {word!r}"


def _words(line: str) -> list[str]:
    command = _END.split(line, maxsplit=1)[0]
    try:
        return shlex.split(command)
    except ValueError:  # a quotation mark of the text around it
        return command.split()


def _wrong_oms(words: list[str]) -> Iterator[str]:
    command: click.Command = main
    path, positional = "oms", 0
    rest = iter(words)
    for word in rest:
        bare = word.strip("[]()'\"")
        if bare.startswith("-"):
            option = _option(command, bare)
            if option is None:
                yield f"{path} has no option {bare}"
            elif not option.is_flag and "=" not in bare:
                next(rest, None)
        elif isinstance(command, click.Group):
            if _PLACEHOLDER.match(word):
                return
            inner = command.get_command(click.Context(command), bare)
            if inner is None:
                yield f"{path} has no command {bare!r}"
                return
            command, path = inner, f"{path} {bare}"
        else:
            positional += 1
    arguments = sum(isinstance(one, click.Argument) for one in command.params)
    if positional > arguments:
        yield f"{path} takes {arguments} arguments, not {positional}"


def _option(command: click.Command, word: str) -> click.Option | None:
    if word in ("-h", "--help"):
        return click.Option([word], is_flag=True)
    name = word.partition("=")[0]
    options = (one for one in command.params if isinstance(one, click.Option))
    return next((one for one in options if name in (*one.opts, *one.secondary_opts)), None)
