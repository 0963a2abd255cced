"""The chosen plugins in line, as the settings want them; from manifests, nothing is imported."""

from __future__ import annotations

from oms_core.config import Config, addresses, bundle_of
from oms_core.plugins.discovery import Installed, described, discover
from oms_core.plugins.resolver import resolve
from oms_core.plugins.roster import Roster


def line_up(config: Config) -> Roster:
    """Put the chosen plugins in line with all their problems; imports nothing.

    In a bundle those are its own, and all others that have an address. Raises ConfigError for a bundle that
    is not there, and for nothing else.
    """
    chosen = bundle_of(config).serve if config.bundle else config.plugins
    return resolve(
        _known(config),
        chosen,
        degrades=lambda name: degrades(config, name),
        elsewhere=addresses(config),
    )


def _known(config: Config) -> list[Installed]:
    """Return what is installed, and those of other systems as their manifests describe them."""
    told = [
        described(name, remote.manifest)
        for name, remote in config.remotes.items()
        if config.bundle and remote.manifest is not None
    ]
    names = {one.name for one in told}
    return [*told, *(one for one in discover() if one.name not in names)]


def degrades(config: Config, plugin: str) -> bool:
    """Say whether that plugin may be off while the others run."""
    return config.failure.get(plugin, config.on_failure) == "degrade"
