"""``make fuzz``: an example server, Schemathesis, and the sums."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import httpx

from tests.e2e.running_server import Server, serving
from tests.fuzz.facts import gather

ROOT = Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@click.command(epilog="Example:  make fuzz ARGS='--examples 40 --least 1000'")
@click.option("--examples", default=340, show_default=True, help="Generated cases for each operation.")
@click.option("--least", default=10_000, show_default=True, help="Requests that must have been sent.")
@click.option("--seed", type=int, help="Repeat a run. [default: a new one]")
@click.option("--schemathesis", default="st", show_default=True, help="The program, if it is elsewhere.")
def main(examples: int, least: int, seed: int | None, schemathesis: str) -> None:
    """Send whatever the OpenAPI document allows, and what it does not, to a server with every plugin.

    Fails on a 5xx, an undocumented status or header, an answer that is not as documented, an operation
    that never answered well, and too few requests.
    """
    chosen = random.randrange(2**31) if seed is None else seed
    began = time.monotonic()
    failed, counts, operations = asyncio.run(_fuzz(examples, chosen, schemathesis))
    well = {name for name, status in counts if status.startswith("2")}
    silent = sorted(operations - well)
    sent = sum(counts.values())
    for name in silent:
        click.echo(f"never answered well: {name}")
    click.echo(
        f"{sent:,} requests to {len(operations)} operations in {time.monotonic() - began:.0f} s, "
        f"{'failures' if failed else 'no failure'}, {len(well)} answered well, seed {chosen}"
    )
    if sent < least:
        click.echo(f"too few: want {least:,}")
    sys.exit(1 if failed or silent or sent < least else 0)


async def _fuzz(
    examples: int, seed: int, schemathesis: str
) -> tuple[bool, Counter[tuple[str, str]], set[str]]:
    """Return whether it failed, how often each operation answered with each status, and the operations."""
    with tempfile.TemporaryDirectory(prefix="oms-fuzz-") as folder:
        work = Path(folder)
        async with serving(work / "data") as server:
            (work / "facts.json").write_text(json.dumps(await gather(server)))
            failed = await asyncio.to_thread(_run, work, server, examples, seed, schemathesis)
            async with httpx.AsyncClient(base_url=server.url) as http:
                document = (await http.get("/openapi.json")).json()
        lines = (work / "counts").read_text().splitlines()
    operations = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    counts = Counter((line.split()[0], line.split()[1]) for line in lines if len(line.split()) == 2)
    return failed, counts, operations


def _run(work: Path, server: Server, examples: int, seed: int, schemathesis: str) -> bool:
    (work / "counts").touch()
    command = [
        *(schemathesis, "run", f"{server.url}/openapi.json"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", str(examples)),
        *("--seed", str(seed)),
        *("--suppress-health-check", "all"),
        *("--request-timeout", "30"),
        "--continue-on-failure",
        "--no-color",
    ]
    variables = {
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "OMS_FUZZ_FACTS": str(work / "facts.json"),
        "OMS_FUZZ_COUNTS": str(work / "counts"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode != 0


if __name__ == "__main__":
    main()
