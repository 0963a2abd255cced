"""The golden contracts once more, with msgspec's structs as classes: made when the tests begin."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

from oms_core.codegen.project import Project, expected, write

HERE = Path(__file__).parent


def _generated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="oms-structs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    project = Project(
        folder=folder,
        root=HERE / "protos",
        packages={"acme": folder / "acme_structs"},
        messages="struct",
    )
    write(project, expected(project))
    return folder


FOLDER = _generated()
"""The folder that holds the package ``acme_structs``."""

sys.path.insert(0, str(FOLDER))
