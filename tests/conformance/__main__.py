"""Run the suite: ``python -m tests.conformance --messages struct``, or ``make conformance`` for all."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.conformance import contract, libraries, suite

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_RUNNER = "bin/conformance_test_runner-linux-x64"
_SUMMARY = re.compile(r"CONFORMANCE SUITE (?:PASSED|FAILED): .*")


@click.command()
@click.option(
    "--messages", type=click.Choice(["betterproto2", "struct"]), multiple=True, help="Only this back end."
)
@click.option(
    "--cache", type=click.Path(path_type=Path), default=_ROOT / ".cache/conformance", show_default=True
)
@click.option("--verbose", is_flag=True, help="Print all that the runner says.")
def main(messages: tuple[str, ...], cache: Path, verbose: bool) -> None:
    """Run the official protobuf conformance suite (proto3, binary and JSON) on each back end.

    Exits with 1 when a case fails that failures/ does not list with its reason, or passes although listed.
    """
    try:
        package = suite.fetch(cache)
        start = libraries.start_of(package / _RUNNER, cache)
    except suite.SuiteMissing as error:
        raise click.ClickException(str(error)) from None
    results = [
        _run(start, package, back_end, verbose=verbose) for back_end in messages or ("betterproto2", "struct")
    ]
    sys.exit(max(results))


def _run(start: list[str], package: Path, back_end: str, *, verbose: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="oms-conformance-") as folder:
        contract.compile_messages(package, Path(folder), messages=back_end)
        testee = Path(folder) / "testee"
        program = f'"{sys.executable}" -m tests.conformance.testee "{package}" "{folder}"'
        testee.write_text(f'#!/bin/sh\ncd "{_ROOT}" && exec {program}\n')
        testee.chmod(0o755)
        known = _HERE / "failures" / f"{back_end}.txt"
        options = ["--enforce_recommended", "--maximum_edition", "PROTO3", "--failure_list", str(known)]
        done = subprocess.run(
            [*start, *options, "--output_dir", folder, str(testee)],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    summary = _SUMMARY.search(done.stderr)
    shown = done.stderr if verbose or done.returncode or not summary else summary[0]
    click.echo(f"{back_end}: {shown.strip()}")
    return done.returncode or (0 if summary else 1)


if __name__ == "__main__":
    main()
