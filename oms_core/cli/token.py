"""``oms token``: tokens for people and programs, signed with this machine's keys."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from oms_core.cli.options import as_json, with_config
from oms_core.config import Config
from oms_core.context import Grant

if TYPE_CHECKING:
    from oms_core.auth import Credentials, KeyRing

KEYS = "keys"
"""Folder of the keys, in the data folder."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class _Ttl(click.ParamType[timedelta]):
    """A length of time: ``15m``, ``8h``, ``30d``."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the time; fails as click does."""
        match = re.fullmatch(r"([1-9]\d{0,8})([smhd])", str(value))
        if match is None:
            self.fail(f"{value!r} is not a length of time such as 15m, 8h or 30d", param, ctx)
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


@click.group()
def token() -> None:
    """Make and read tokens."""


@token.command()
@click.option("--role", "roles", multiple=True, required=True, help="Role to hold; may be repeated.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    required=True,
    help="Where to hold it, with everything below; '*' is the platform. One for all roles, or one each.",
)
@click.option("--tenant", help="The root of the tree that the node is in. [default: the node itself]")
@click.option("--subject", default="user:cli", show_default=True, help="Whose token it is: user:<id>.")
@click.option("--ttl", type=_Ttl(), default="1h", show_default=True, help="How long it holds, at most 30d.")
@as_json
@with_config
def create(
    config: Config,
    *,
    roles: tuple[str, ...],
    nodes: tuple[str, ...],
    tenant: str | None,
    subject: str,
    ttl: timedelta,
    as_json: bool,
) -> None:
    """Print a token that holds ROLE at NODE.

    \b
      oms token create --role operator --node '*'
      oms token create --role manager --node NODE --tenant ROOT --ttl 8h
    """  # noqa: D301 - \b is click's mark for text that keeps its lines
    # Imported here, as below: `oms --help` must not wait for cryptography.
    from oms_core.auth import Issuer  # noqa: PLC0415

    issuer = Issuer(_keys(config), issuer=config.auth.issuer, audience=config.auth.audience)
    grants = _grants(roles, nodes)
    tenant = tenant or _tenant(grants)
    text = issuer.issue(subject, tenant=tenant, grants=grants, ttl=ttl)
    if not as_json:
        click.echo(text)
        return
    shown = {
        "token": text,
        "tenant": tenant,
        "subject": subject,
        "expires_at": _instant(datetime.now(UTC) + ttl),
    }
    click.echo(msgspec.json.encode({**shown, "grants": [asdict(grant) for grant in grants]}))


@token.command()
@click.argument("text", metavar="TOKEN", default="-")
@as_json
@with_config
def inspect(config: Config, *, text: str, as_json: bool) -> None:
    """Check TOKEN as the servers do, and print what it says. Reads it from standard input if left out."""
    from oms_core.auth import Verifier  # noqa: PLC0415
    from oms_wire.errors import Unauthenticated  # noqa: PLC0415

    verifier = Verifier(_keys(config), issuer=config.auth.issuer, audience=config.auth.audience)
    try:
        credentials = verifier.verify((sys.stdin.read() if text == "-" else text).strip())
    except Unauthenticated as error:
        raise click.ClickException(f"[{error.code}] {error.message}") from error
    _show(credentials, as_json=as_json)


def _show(credentials: Credentials, *, as_json: bool) -> None:
    shown = {
        "subject": credentials.principal.subject,
        "tenant": credentials.tenant,
        "expires_at": _instant(datetime.fromtimestamp(credentials.expires_at, UTC)),
        "id": credentials.token_id,
    }
    grants = [asdict(grant) for grant in credentials.principal.grants]
    if as_json:
        click.echo(msgspec.json.encode({**shown, "grants": grants}))
        return
    for name, value in shown.items():
        click.echo(f"{name:<11} {value}")
    for grant in grants:
        click.echo(f"{'grant':<11} {grant['role']} at {grant['node']}")


def _keys(config: Config) -> KeyRing:
    from oms_core.auth import KeyRing  # noqa: PLC0415

    return KeyRing.open(config.data / KEYS)


def _grants(roles: tuple[str, ...], nodes: tuple[str, ...]) -> list[Grant]:
    if len(nodes) not in {1, len(roles)}:
        raise click.UsageError(f"{len(roles)} roles, {len(nodes)} nodes: give one node, or one for each role")
    everywhere = nodes * len(roles) if len(nodes) == 1 else nodes
    return [Grant(role, node) for role, node in zip(roles, everywhere, strict=True)]


def _tenant(grants: list[Grant]) -> str:
    nodes = {grant.node for grant in grants}
    if len(nodes) > 1:
        raise click.UsageError("several nodes: say with --tenant whose tree they are in")
    (node,) = nodes
    return "platform" if node == "*" else node


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
