"""What a contract says about a question that many plugins may answer, and where askers and answers meet.

::

    class OrderHooks(HookSet):                                   # generated
        adjust_price: ClassVar[Hook[PriceQuestion, Adjustments]] = Hook(...)

    oms.answer(OrderHooks.adjust_price.by(offer_happy_hour))     # a plugin answers
    for given in await hooks.adjust_price(question):             # another one asks, through OrderHooksCaller
        given.plugin, given.answer
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, final

from oms_wire.method import A, Q

P = ParamSpec("P")


class Combine(Enum):
    """How the answers to a hook come together."""

    ALL = "all"
    """Every answer runs at once; answers come back in plugin order."""
    FIRST = "first"
    """The first in plugin order that is not ``NoAnswer``; those behind it are not asked."""
    FOLD = "fold"
    """One after the other in plugin order, each on what the one before it made of the message."""


class OnFailure(Enum):
    """What an answer that fails, or comes too late, does to the question."""

    SKIP = "skip"
    """It is logged by name and left out."""
    ABORT = "abort"
    """The question fails with HOOK_FAILED or HOOK_TIMEOUT, which name the plugin and the hook."""


@final
@dataclass(frozen=True, slots=True)
class NoAnswer:
    """What an answer to a FIRST hook returns to pass; an empty message is an answer."""


@dataclass(frozen=True, slots=True)
class Hook(Generic[Q, A]):
    """One question: its names, types and rules.

    ``full_name`` is ``package.Service/Method``; ``name`` is the Python name on the generated classes.
    ``deadline`` is in seconds, for the whole question and not for one answer.
    """

    full_name: str
    name: str
    request: type[Q]
    response: type[A]
    combine: Combine
    deadline: float
    on_failure: OnFailure

    @property
    def service(self) -> str:
        """The full proto name of the service that declares the hook."""
        return self.full_name.partition("/")[0]

    @property
    def package(self) -> str:
        """The proto package that declares the hook: a plugin's contract."""
        return self.service.rpartition(".")[0]

    def by(self, function: Callable[Concatenate[Q, P], Awaitable[A]], /) -> Answer[Q, A]:
        """Return ``function`` as an answer to this hook.

        It is asynchronous and takes the message first; its other parameters are injected by type.
        """
        return Answer(self, function)


@dataclass(frozen=True, slots=True)
class FirstHook(Hook[Q, A]):
    """A hook that combines by FIRST: an answer may pass."""

    def by(self, function: Callable[Concatenate[Q, P], Awaitable[A | NoAnswer]], /) -> Answer[Q, A]:
        """Return ``function``, which may return ``NoAnswer()``, as an answer to this hook."""
        return Answer(self, function)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Q, A]):
    """A function bound to the hook that it answers; made by ``Hook.by``."""

    hook: Hook[Q, A]
    function: Callable[..., Awaitable[A | NoAnswer]]


@dataclass(frozen=True, slots=True)
class Given(Generic[A]):
    """An answer, and the name of the plugin that gave it."""

    plugin: str
    answer: A


class Hooks(Protocol):
    """Carries a question to whoever answers it: in this process or over a network.

    Every method raises RpcError: HOOK_FAILED or HOOK_TIMEOUT where the contract says that a failing
    answer aborts, DEADLINE_EXCEEDED when the asker itself has no time left.
    """

    async def all(self, hook: Hook[Q, A], question: Q, /) -> list[Given[A]]:
        """Return every answer, in plugin order; empty when nobody answers."""

    async def first(self, hook: Hook[Q, A], question: Q, /) -> A | None:
        """Return the first answer in plugin order, or None when everybody passes."""

    async def fold(self, hook: Hook[Q, Q], question: Q, /) -> Q:
        """Return what the answers made of the message, which itself is not changed."""


class HookSet:
    """Base of every generated class of hooks: the hooks that one service of a contract declares.

    ``SPEC`` has a method a hook, with the types and the documentation of an answer.
    """

    SERVICE: ClassVar[str]
    SPEC: ClassVar[type]
    HOOKS: ClassVar[tuple[Hook[Any, Any], ...]]


class HookCaller:
    """Base of every generated caller: typed questions over ``Hooks``."""

    SERVICE: ClassVar[str]

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
