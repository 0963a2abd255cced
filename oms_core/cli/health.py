"""``oms health``: ask a running process how it is, for containers that have no other program."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

import click

from oms_core.cli.options import listening, with_config
from oms_core.config import Config, bundled

ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - where a server that listens everywhere is asked


@click.command(epilog="Examples:  oms health    oms health --live --http-port 8081    oms health --json")
@click.option("--live", is_flag=True, help="Ask only whether the process is alive, not whether it is ready.")
@click.option("--json", "as_json", is_flag=True, help="Print what it answers.")
@click.option("--bundle", help="Which bundle of oms.toml the process is.")
@click.option("--timeout", type=click.FloatRange(0.1), default=2.0, show_default=True, help="Seconds.")
@with_config
@listening
def health(config: Config, *, live: bool, as_json: bool, timeout: float) -> None:
    """Ask the process on this machine whether it is ready, and exit with 1 when it is not."""
    server = bundled(config).server
    host = ANY.get(server.host, server.host)
    url = f"http://{host}:{server.http_port}/{'healthz' if live else 'readyz'}"
    well, content = _ask(url, timeout)
    if as_json:
        click.echo(json.dumps(content))
    elif well:
        click.echo(content.get("status", "ok"))
    else:
        for name, why in (content.get("missing") or {"process": content.get("detail", "?")}).items():
            click.echo(f"{name}: {why}", err=True)
    sys.exit(0 if well else 1)


def _ask(url: str, timeout: float) -> tuple[bool, dict[str, Any]]:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - always http
            return True, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return False, json.load(error)
    except (OSError, ValueError) as error:
        return False, {"detail": f"no answer from {url}: {error}"}
