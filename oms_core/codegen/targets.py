"""What may be generated, each a target of its own, and what each of them needs besides."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from oms_core.errors import GenerateError

TARGETS: Mapping[str, tuple[str, ...]] = {
    "messages": (),
    "services": ("messages",),
    "routes": ("services",),
    "hooks": ("messages",),
    "descriptor": (),
    "openapi": (),
    "asyncapi": (),
    "rbac": (),
    "docs": (),
}
"""Every target, with those whose code its own imports."""

ALL = frozenset(TARGETS)


def chosen(names: Collection[str]) -> frozenset[str]:
    """Return the targets with these names, all for none; raises GenerateError."""
    for name in names:
        if name not in TARGETS:
            near = difflib.get_close_matches(name, TARGETS, 1)
            raise GenerateError(
                "UNKNOWN_TARGET",
                f"{name!r} is no target" + (f"; is {near[0]!r} meant?" if near else "."),
                hint=f"There are {', '.join(TARGETS)}; without any, all are generated.",
            )
        for needed in TARGETS[name]:
            if needed not in names:
                raise GenerateError(
                    "INCOMPLETE_TARGETS",
                    f"The target {name!r} imports what {needed!r} generates, which is not asked for.",
                    hint=f'Add "{needed}" to targets under [tool.oms.generate], or take "{name}" out.',
                )
    return frozenset(names) or ALL
