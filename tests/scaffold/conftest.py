"""A fresh plugin, and happy_hour as a stranger gets it: from its wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository.documents import ROOT
from tests.scaffold.new_plugin import OMS, Fresh, python


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    folder = tmp_path_factory.mktemp("new")
    done = python(*OMS, "new", "plugin", "stamps", "--yes", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return Fresh(folder / "stamps", done.stdout)


@pytest.fixture(scope="session")
def happy_hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which its wheel was installed; on PYTHONPATH it is installed."""
    folder = tmp_path_factory.mktemp("happy_hour")
    project = str(ROOT / "examples" / "happy_hour")
    offline = (
        "--quiet",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
    )
    for arguments in (
        ("wheel", *offline[:-1], "--no-build-isolation", "--wheel-dir", "wheels", project),
        ("install", *offline, "--target", "site", "--find-links", "wheels", "oms-happy-hour"),
    ):
        done = python("-m", "pip", *arguments, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"
