"""Who takes part, who is off and why, and who must not be off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from oms_core.errors import OmsError, PluginError
from oms_core.plugins.discovery import Installed

logger = logging.getLogger("oms.plugins")

Degrades = Callable[[str], bool]
"""Whether the plugin of that name may be off while the others run (``on_failure = "degrade"``)."""
Failures = Mapping[str, Sequence[OmsError]]
"""What is wrong, by plugin."""


class Trouble(msgspec.Struct, frozen=True):
    """What anybody may know of a plugin that is off or not well: in which phase it failed, and the code.

    The phases are "manifest", "load", "migrate", "wire" and those of the lifecycle. What it said itself is
    for the operator: it is in the log.
    """

    phase: str
    code: str


class Roster:
    """The chosen plugins in the line in which they start.

    A plugin that fails is off if it may be, and takes along whoever requires it; one that may not be off
    keeps everything from starting.
    """

    def __init__(self, line: Sequence[Installed], *, degrades: Degrades) -> None:
        self.line = list(line)
        self.off: dict[str, str] = {}
        self.refused: dict[str, list[OmsError]] = {}
        self.degraded: dict[str, Trouble] = {}
        """What readiness shows: who is off or not well."""
        self._degrades = degrades

    @property
    def on(self) -> list[Installed]:
        """Those that take part, in line, wherever they run."""
        return [one for one in self.line if one.name not in self.off and one.name not in self.refused]

    @property
    def here(self) -> list[Installed]:
        """Those that take part and run in this process, in line."""
        return [one for one in self.on if not one.elsewhere]

    @property
    def away(self) -> list[Installed]:
        """Those that take part and run in other processes, in line."""
        return [one for one in self.on if one.elsewhere]

    def takes_part(self, name: str) -> bool:
        """Say whether the plugin of that name takes part."""
        return any(one.name == name for one in self.on)

    def note(self, failures: Failures, *, phase: str) -> None:
        """Switch off those that failed and may be off, with their dependents; remember the others."""
        for name, errors in failures.items():
            if self._degrades(name):
                self._switch_off(name, Trouble(phase, errors[0].code), *errors)
            else:
                self.refused.setdefault(name, []).extend(errors)
        self._tell_dependents()

    def fail(self, name: str, error: OmsError, *, phase: str) -> None:
        """Note one failure; raises PluginError when it, or a plugin that stands on it, must not be off."""
        self.note({name: [error]}, phase=phase)
        self.insist()

    def complain(self, name: str, error: OmsError, *, phase: str) -> None:
        """Show a failure that comes too late to switch the plugin off; raises it when it may not fail."""
        if not self._degrades(name):
            raise error
        self.degraded[name] = Trouble(phase, error.code)
        logger.warning("%s", error)

    def insist(self) -> None:
        """Raise one PluginError that names everything that keeps the plugins from starting."""
        errors = [error for name in sorted(self.refused) for error in self.refused[name]]
        if errors:
            raise together(errors)

    def _switch_off(self, name: str, trouble: Trouble, *errors: OmsError) -> None:
        if name not in self.off:
            self.off[name] = "; ".join(error.message for error in errors)
            self.degraded[name] = trouble
            hints = "".join(f"\n  → {error.hint}" for error in errors if error.hint)
            logger.warning("plugin %r is off: %s%s", name, self.off[name], hints)

    def _tell_dependents(self) -> None:
        # In line: who is told is told before those that stand on it.
        for one in self.line:
            gone = next((wanted for wanted in one.requires if wanted in self.off), None)
            if gone is None or one.name in self.off or one.name in self.refused:
                continue
            reason = f"it requires {gone!r}, which is off: {self.off[gone]}"
            if self._degrades(one.name):
                off = PluginError("REQUIREMENT_OFF", reason)
                self._switch_off(one.name, Trouble(self.degraded[gone].phase, off.code), off)
            else:
                self.refused[one.name] = [_must_not_be_off(one.name, reason, gone)]


def together(errors: Sequence[OmsError]) -> OmsError:
    """Return one error that says all of them; a single one is itself."""
    different = {str(error): error for error in errors}
    if len(different) == 1:
        return errors[0]
    listed = "\n".join(
        f"  • [{error.code}] {error.message}" + (f"\n    → {error.hint}" if error.hint else "")
        for error in different.values()
    )
    return PluginError(
        "PLUGINS_REFUSED",
        f"{len(different)} problems keep the plugins from starting:\n{listed}",
        hint='mend them, take the plugins out of `plugins`, or let them be off:  on_failure = "degrade"',
    )


def _must_not_be_off(name: str, reason: str, gone: str) -> PluginError:
    return PluginError(
        "PLUGIN_REQUIRED",
        f"plugin {name!r} must not be off, but {reason}",
        hint=f'mend {gone!r}, or let {name!r} be off with it: in oms.toml, [failure]  {name} = "degrade"',
    )
