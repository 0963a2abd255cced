"""Little distributions, as pip would leave them, made for one test: package, entry point, manifest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from oms_core.plugins.manifest import API_VERSION, Manifest, to_json
from oms_core.testing.ports import free_ports

CONTRACTS = Path(__file__).parents[1] / "codegen" / "golden"
"""Where the compiler's golden files make ``acme_protos`` importable."""
_TIME = re.compile(r"^[0-9-]{10} [0-9:,]{12} ")
HEAD = """
from oms_core.plugins import Plugin, Registry, hookimpl
"""


class Workshop:
    """A folder on ``sys.path`` with plugins in it; ``run`` starts ``oms`` with them."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site"
        self.work = folder / "work"
        self.site.mkdir()
        self.work.mkdir()
        self.made: set[str] = set()
        self.beside: Sequence[str] = ("identity",)
        """Which of ours a test of broken plugins chooses beside those made here."""
        self.off: Sequence[str] = ()
        """Which of them may be off there."""

    def make(
        self,
        name: str,
        code: str = "",
        *,
        manifest: bytes | None = None,
        offered_as: str = "",
        files: dict[str, str] | None = None,
        **parts: object,
    ) -> Path:
        """Install a plugin ``name`` whose class has ``code`` behind its ``class`` line; return its package.

        ``parts`` are what its manifest says beyond the name; ``manifest`` is its file as it is, empty for
        none. ``code`` that does not begin with a space is the whole module.
        """
        self.made.add(offered_as or name)
        package = self.site / f"acme_{name}"
        package.mkdir()
        (package / "__init__.py").touch()
        for file, text in (files or {}).items():
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            (package / file).write_text(dedent(text))
        (package / "plugin.py").write_text(_module(code))
        if manifest is None:
            said = {"api": API_VERSION, "version": "1.0", "distribution": f"acme-{name}", "summary": ""}
            manifest = to_json(Manifest(name=offered_as or name, **(said | parts)))  # type: ignore[arg-type]
        if manifest:
            (package / "manifest.json").write_bytes(manifest)
        info = self.site / f"acme_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            f"[oms.plugins]\n{offered_as or name} = acme_{name}.plugin:Made\n"
        )
        return package

    def choose(self, *beside: str, settings: Sequence[str] = ()) -> None:
        """Write an oms.toml with ``beside`` and every plugin made here, unless there is one."""
        file = self.work / "oms.toml"
        if not file.exists():
            file.write_text("\n".join([f"plugins = {[*beside, *sorted(self.made)]}", *settings]) + "\n")

    def oms(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``oms`` with these plugins installed, until it ends."""
        return subprocess.run(
            [sys.executable, "-m", "oms_core.cli.main", *arguments],
            cwd=self.work,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run ``oms run`` on free ports; it is expected to refuse."""
        http, grpc = free_ports(2)
        return self.oms("run", "--http-port", str(http), "--grpc-port", str(grpc))

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a child process that finds the plugins."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.site), str(CONTRACTS)]),
            "COLUMNS": "200",
        }

    def told(self, done: subprocess.CompletedProcess[str]) -> str:
        """Return what a person was told, without what differs from machine to machine."""
        lines = [_TIME.sub("", line) for line in done.stderr.splitlines() if " INFO " not in line]
        return "\n".join(lines).replace(str(self.site), "<site>") + "\n"


def _module(code: str) -> str:
    if code and not code.startswith((" ", "\n ")):
        return code
    body = dedent(code).strip() or "pass"
    lines = "\n".join(f"    {line}" if line else "" for line in body.splitlines())
    return f"{HEAD}\n\nclass Made(Plugin):\n{lines}\n"
