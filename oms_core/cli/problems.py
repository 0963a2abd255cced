"""Problems of a contract as text for people, and as annotations for GitHub."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from oms_core.codegen.problems import Problem

FORMATS = click.Choice(["text", "json", "github"])
"""The ways to print problems."""


def chosen(form: str | None, *, as_json: bool) -> str:
    """Return the format that was asked for; annotations where GitHub's actions run and nobody asked."""
    if as_json:
        return "json"
    return form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")


def tell(problems: Iterable[Problem], form: str) -> None:
    """Print each problem, as ``text`` on standard error or as a ``github`` annotation on standard output."""
    for one in problems:
        if form == "github":
            click.echo(annotation(one))
        else:
            click.secho(f"Error [{one.code}] ", fg="red", bold=True, nl=False, err=True)
            click.echo(str(one), err=True)


def annotation(problem: Problem) -> str:
    """Return the workflow command that shows a problem at its line of the change."""
    place = problem.place
    where = {"file": place.file, "line": place.line, "col": place.column, "title": problem.code}
    said = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in where.items() if value)
    text = f"{problem.message} {problem.hint}".strip()
    return f"::error {said}::{_escaped(text, '')}"


def _escaped(text: str, more: str) -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
