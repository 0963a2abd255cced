"""Settings in the environment: which ``OMS_*`` variable is which setting, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from oms_core.config.convert import nearest, unknown
from oms_core.config.leaves import PREFIX, Key, Leaf, leaves, shape
from oms_core.config.schema import Schema
from oms_core.config.wording import allowed
from oms_core.errors import ConfigError

ELSEWHERE = frozenset({"OMS_BASE_URL", "OMS_TOKEN"})
"""Variables in our name space that other programs read: clients of a running system."""

_EXAMPLES = {"array": '["one", "two"]', "object": '{"key": 1}'}
_SERVICE_LINK = re.compile(
    r"OMS_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_SERVICE_ADDRESS = re.compile(r"OMS_(\w+_)?PORT")


def ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that must be settings: those of our name space that nobody else put there."""
    return {
        name: value
        for name, value in sorted(environ.items())
        if name.startswith(PREFIX) and name not in ELSEWHERE and not _is_service_link(name, value)
    }


def split(given: Mapping[str, str], schema: Schema) -> tuple[dict[str, str], dict[str, str]]:
    """Return those variables that are settings of ``schema``, and the others."""
    known = {leaf.variable for leaf in leaves(schema)}
    mine = {name: value for name, value in given.items() if name in known}
    return mine, {name: value for name, value in given.items() if name not in known}


def assignments(given: Mapping[str, str], schema: Schema) -> Iterator[tuple[Key, str, object]]:
    """Yield the key, the variable and the value of each setting in ``given``.

    Raises ConfigError for a variable that is no setting or that may be two, and for a value that is not
    in the form which a list or a table needs. Those of a plugin whose settings are unknown are left out.
    """
    known: dict[str, list[Leaf]] = {}
    for leaf in leaves(schema):
        known.setdefault(leaf.variable, []).append(leaf)
    unread = [name for name, (leaf, *_) in known.items() if leaf.key[:-1] == ("settings",)]
    for name, value in given.items():
        if name not in known:
            if any(name.startswith(f"{opaque}_") for opaque in unread):
                continue
            raise unknown(
                name,
                source=name,
                nearest=nearest(name, known),
                known="`oms config show` lists them; unset it if it is not for this program",
            )
        leaf, *others = known[name]
        if others:
            rivals = " or ".join(one.name for one in known[name])
            raise ConfigError(
                "CONFIG_INVALID", f"{name} may mean {rivals}", hint="write the one you mean into oms.toml"
            )
        yield leaf.key, name, _parsed(value, leaf)


def _parsed(text: str, leaf: Leaf) -> object:
    kind = shape(leaf.schema).get("type")
    if kind == "array" and not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",")] if text.strip() else []
    if kind not in ("array", "object"):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ConfigError(
            "CONFIG_INVALID",
            f"{leaf.variable}: {leaf.name} must be {allowed(shape(leaf.schema))}, written as JSON: {error}",
            hint=f"for example {leaf.variable}='{_EXAMPLES[kind]}'",
        ) from None


def _is_service_link(name: str, value: str) -> bool:
    """Say whether Kubernetes made the variable, for a Service whose name begins with ``oms``."""
    address = _SERVICE_ADDRESS.fullmatch(name) and "://" in value
    return bool(address or _SERVICE_LINK.fullmatch(name))
