"""Where the data set lies: a file of the package great-tables, or one that was named."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from harbor_table.replay.failures import ReplayError

PACKAGE = "great_tables"
_INSIDE = Path("data") / "05-pizzaplace.csv"
_INSTALL = 'pip install "oms-harbor-table[pizzaplace]"'


def find(package: str = PACKAGE) -> Path:
    """Return the path of the data set inside ``package``, which is not imported.

    Raises ReplayError when the package is not installed, or no longer has the file.
    """
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise ReplayError(
            "DATASET_MISSING",
            f"the pizzaplace data set is in the package {package.replace('_', '-')}, which is not installed",
            hint=f"run {_INSTALL}, or name a copy with --file",
        )
    for folder in folders:
        if (file := Path(folder) / _INSIDE).is_file():
            return file
    raise ReplayError(
        "DATASET_MISSING",
        f"{folders[0]} has no {_INSIDE}",
        hint=f"install a version that has it ({_INSTALL}), or name a copy with --file",
    )
