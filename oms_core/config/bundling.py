"""What a bundle changes of the settings: the same file, read as one process of several."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from oms_core.config.convert import nearest
from oms_core.config.placement import BundleSettings
from oms_core.config.settings import Config
from oms_core.config.sources import PROGRAM
from oms_core.errors import ConfigError


def bundled(config: Config) -> Config:
    """Return the settings as ``config.bundle`` sees them: its ports and its database in place of all others'.

    A flag is for this process alone and wins. Raises ConfigError for a bundle that is not there, for two
    that would listen on one port, and for databases of their own without a broker.
    """
    check(config)
    if not config.bundle:
        return config
    one = bundle_of(config)
    server = {
        name: value
        for name in ("host", "http_port", "grpc_port")
        if (value := getattr(one, name)) and not _is_flag(config, name)
    }
    changed: dict[str, object] = {"server": msgspec.structs.replace(config.server, **server)}
    if one.database_url:
        changed["database"] = msgspec.structs.replace(config.database, url=one.database_url)
    return msgspec.structs.replace(config, **changed)


def bundle_of(config: Config) -> BundleSettings:
    """Return the bundle that this process is; raises ConfigError when there is none of that name."""
    found = config.bundles.get(config.bundle)
    if found is None:
        near = nearest(config.bundle, config.bundles)
        raise ConfigError(
            "BUNDLE_UNKNOWN",
            f"{config.sources.of(('bundle',)) or PROGRAM}: there is no bundle {config.bundle!r}",
            hint=(f"did you mean {near!r}? " if near else "")
            + (
                f"bundles are {', '.join(config.bundles)}"
                if config.bundles
                else "write [bundles.<name>] with  serve = [...]"
            ),
        )
    return found


def addresses(config: Config) -> Mapping[str, tuple[str, ...]]:
    """Return where each plugin is reached that this process does not serve."""
    if not config.bundle:
        return {}
    mine = set(bundle_of(config).serve)
    found: dict[str, tuple[str, ...]] = {}
    for name, bundle in config.bundles.items():
        if name == config.bundle:
            continue
        for plugin in bundle.serve:
            if plugin not in mine:
                found[plugin] = (*found.get(plugin, ()), *address_of(config, bundle))
    return found | {
        name: tuple(remote.address) for name, remote in config.remotes.items() if name not in mine
    }


def address_of(config: Config, bundle: BundleSettings) -> tuple[str, ...]:
    """Return where other bundles reach this one."""
    return tuple(bundle.address) or (f"127.0.0.1:{bundle.grpc_port or config.server.grpc_port}",)


def check(config: Config) -> None:
    """Raise ConfigError for bundles that cannot be run beside each other."""
    listening: dict[int, str] = {}
    for name, bundle in config.bundles.items():
        if bundle.address:
            continue
        port = bundle.grpc_port or config.server.grpc_port
        if rival := listening.get(port):
            raise ConfigError(
                "BUNDLE_PORTS",
                f"bundles {rival!r} and {name!r} would both take gRPC on port {port} of this machine",
                hint=f"give [bundles.{name}] a grpc_port and an http_port of its own, or its `address`",
            )
        listening[port] = name
    own = [name for name, bundle in config.bundles.items() if bundle.database_url]
    if own and not config.broker.url:
        raise ConfigError(
            "BROKER_NEEDED",
            f"bundle {own[0]!r} has a database of its own, and nothing carries events between databases",
            hint="give broker.url, or let all bundles share one database",
        )


def _is_flag(config: Config, name: str) -> bool:
    return (config.sources.of(("server", name)) or "").startswith("--")
