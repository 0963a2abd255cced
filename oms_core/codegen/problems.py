"""What is wrong with a contract: each problem with its place, and all of them at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from oms_core.codegen.places import Place
from oms_core.errors import GenerateError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a contract: where it is, what is wrong, and what to write instead."""

    place: Place
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place.file else ""
        return f"{where}{self.message}" + (f"\n  → {self.hint}" if self.hint else "")

    def as_json(self) -> dict[str, str | int]:
        """Return it as one flat object; ``line`` and ``column`` are 0 where only the file is known."""
        return {**asdict(self.place), "code": self.code, "message": self.message, "hint": self.hint}


class ContractError(GenerateError):
    """Every problem that was found in a contract, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(self.problems[0].code, "\n".join(map(str, self.problems)))


class Locate(Protocol):
    """Finds the place of what is declared under a full name; see ``Source.place``."""

    def __call__(self, name: str, *below: int, option: str = "") -> Place:
        """Return the place of the declaration, of a part of it, or of an option on it."""
        ...


class Problems:
    """Gathers what is wrong, so that one run of the compiler names all of it."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._found: set[Problem] = set()
        self._names: set[str] = set()

    @contextmanager
    def at(self, name: str, *below: int, option: str = "") -> Iterator[None]:
        """Keep a GenerateError of the block, with the place of what ``name`` declares, and go on."""
        try:
            with self.within(name, *below, option=option):
                yield
        except ContractError as error:
            self._found.update(error.problems)
            self._names.add(name)

    @contextmanager
    def within(self, name: str, *below: int, option: str = "") -> Iterator[None]:
        """Give a GenerateError of the block its place, and let it pass; an inner place wins."""
        try:
            yield
        except ContractError:
            raise
        except GenerateError as error:
            place = self._locate(name, *below, option=option)
            raise ContractError([Problem(place, error.code, error.message, error.hint)]) from None

    def concern(self, name: str) -> bool:
        """Say whether something is wrong with ``name`` or inside it: what uses it cannot be judged."""
        return any(one == name or one.startswith(f"{name}.") for one in self._names)

    def __bool__(self) -> bool:
        return bool(self._found)

    def insist(self) -> None:
        """Raise ContractError with everything that was found."""
        if self._found:
            raise ContractError(self._found)


def problems_of(error: GenerateError) -> tuple[Problem, ...]:
    """Return the problems behind an error; one without a place for an error that is about no file."""
    if isinstance(error, ContractError):
        return error.problems
    return (Problem(Place(""), error.code, error.message, error.hint),)


@contextmanager
def under(root: Path) -> Iterator[None]:
    """Name files below ``root`` from the working directory on, as an editor or a terminal opens them."""
    try:
        yield
    except ContractError as error:
        raise ContractError(_under(root, problem) for problem in error.problems) from None


def _under(root: Path, problem: Problem) -> Problem:
    path = root / problem.place.file
    if not problem.place.file or not path.is_file():
        return problem
    return replace(problem, place=replace(problem.place, file=Path(os.path.relpath(path)).as_posix()))
