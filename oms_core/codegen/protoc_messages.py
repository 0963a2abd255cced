"""What protoc prints about a contract that it refuses, as problems like those of the compiler itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from oms_core.codegen.places import Place
from oms_core.codegen.problems import ContractError, Problem

_CODE = "PROTOC_REFUSED"
_LINE = re.compile(r"(?P<file>[^\s:][^:\n]*\.proto)(?::(?P<line>\d+):(?P<column>\d+))?: (?P<text>.*)")
_HINTS = {
    r"File not found|had errors": (
        "Look for a typing mistake, or add the folder of the file to includes under [tool.oms.generate]."
    ),
    r'Option "\(?oms\.': 'Look for a typing mistake, or write: import "oms/options/v1/options.proto";',
    r'Option "\(?google\.': 'Look for a typing mistake, or write: import "google/api/annotations.proto";',
    r"is not defined|seems to be defined": "Look for a typing mistake, or import the file that defines it.",
    r"already": "Write another name or number for one of them.",
    r'Expected ";"': "Write a semicolon behind what comes before.",
    r"has no field named": "Look for a typing mistake, or write a field that the option has.",
    r"Missing field number": "Write one that no other field of the message has: string name = 1;",
}
_ANYTHING = "Mend the line, and run it again."
_NO_REASON = "protoc refused the contract, and did not say why."


def refusal_of(said: str, root: Path) -> ContractError:
    """Return the error for what protoc said on standard error; warnings are no problems.

    Files below ``root`` are named from there on, as the compiler itself names them.
    """
    problems: list[Problem] = []
    for line in filter(None, (line.rstrip() for line in said.splitlines())):
        found = _LINE.fullmatch(line)
        if found is None:
            if problems:
                problems[-1] = replace(problems[-1], message=f"{problems[-1].message}\n{line}")
        elif not found["text"].startswith("warning: "):
            place = Place(
                found["file"].removeprefix(f"{root}/"), int(found["line"] or 0), int(found["column"] or 0)
            )
            problems.append(Problem(place, _CODE, found["text"], _hint(found["text"])))
    # An import that is not found is told twice, and only one of the two knows its line.
    problems = [one for one in problems if one.place.line] or problems
    return ContractError(problems or [Problem(Place(""), _CODE, said.strip() or _NO_REASON, _ANYTHING)])


def _hint(text: str) -> str:
    return next((hint for pattern, hint in _HINTS.items() if re.search(pattern, text)), _ANYTHING)
