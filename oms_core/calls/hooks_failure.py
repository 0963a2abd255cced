"""An answer that failed or came too late, named."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from oms_core.context import Context
from oms_wire.errors import DeadlineExceeded, Internal, RpcError
from oms_wire.hook import Hook

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HookFailure:
    """``plugin`` did not answer ``hook``, because of ``cause``; None: there was no answer in time."""

    plugin: str
    hook: Hook[Any, Any]
    cause: BaseException | None = None

    def __str__(self) -> str:
        why = f"no answer within {self.hook.deadline:g} s"
        if self.cause is not None:
            why = f"{type(self.cause).__name__}: {self.cause}"
        return f"plugin {self.plugin!r} did not answer {self.hook.full_name}: {why}"

    def log(self, context: Context) -> None:
        """Tell the operator; the question goes on without the answer."""
        # An RpcError is something that the plugin said on purpose: no traceback.
        surprise = None if isinstance(self.cause, RpcError) else self.cause
        logger.warning("%s (left out, trace %s)", self, context.trace, exc_info=surprise)

    def error(self, context: Context) -> RpcError:
        """Return what the asker gets where the contract says that a failing answer aborts."""
        details = {"plugin": self.plugin, "hook": self.hook.full_name}
        if self.cause is None:
            return DeadlineExceeded("HOOK_TIMEOUT", str(self), details=details)
        if isinstance(self.cause, RpcError) and self.cause.code != "INTERNAL":
            return Internal("HOOK_FAILED", str(self), details=details | {"cause": self.cause.code})
        # What broke inside a plugin is for the operator's log, not for the world.
        logger.error("%s (trace %s)", self, context.trace, exc_info=self.cause)
        return Internal(
            "HOOK_FAILED",
            f"plugin {self.plugin!r} failed to answer {self.hook.full_name}; "
            f"ask the operator for trace {context.trace}",
            details=details,
        )
