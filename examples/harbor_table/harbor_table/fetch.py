"""As much of curl as the demo's commands need, for machines that have none.

Run as ``python -m harbor_table.fetch`` with curl's own ``-s``, ``-X``, ``-H`` and ``-d``.
"""

from __future__ import annotations

import sys

import click
import httpx


@click.command()
@click.option("-s", "_silent", is_flag=True, hidden=True)
@click.option("-X", "method", default="GET", help="HTTP method.")
@click.option("-H", "headers", multiple=True, metavar="NAME: VALUE", help="Header; may be repeated.")
@click.option("-d", "body", help="What to send.")
@click.argument("url")
def fetch(_silent: bool, method: str, headers: tuple[str, ...], body: str | None, url: str) -> None:
    """Print what URL answers."""
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in headers)]
    response = httpx.request(method, url, headers=pairs, content=body)
    sys.stdout.write(response.text)


if __name__ == "__main__":
    fetch()
