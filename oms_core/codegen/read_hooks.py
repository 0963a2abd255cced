"""Descriptors of services whose methods are hooks, to the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import (
    FileDescriptorProto,
    MethodDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

from oms_core.codegen import names
from oms_core.codegen.model import Hook, HookService, Message
from oms_core.codegen.source import HTTP, OPTIONS_PACKAGE, Comments, Source
from oms_core.errors import GenerateError

_COMBINE = {1: "ALL", 2: "FIRST", 3: "FOLD"}
_ON_FAILURE = {1: "SKIP", 2: "ABORT"}
_OF_METHODS = (HTTP, *(f"{OPTIONS_PACKAGE}.{name}" for name in ("permission", "public", "idempotency")))
"""What speaks of callers from outside, whom a hook does not have."""
_LEVEL = (MethodDescriptorProto.OPTIONS_FIELD_NUMBER, MethodOptions.IDEMPOTENCY_LEVEL_FIELD_NUMBER)
_SAID = "combine: COMBINE_ALL deadline_ms: 500 on_failure: ON_FAILURE_SKIP"
_EXAMPLE = f"option ({OPTIONS_PACKAGE}.hook) = {{ {_SAID} }};"
_AWAY = "Take it away."


def declares_hooks(source: Source, service: ServiceDescriptorProto) -> bool:
    """Say whether the service's methods are hooks."""
    return bool(source.option(service.options, f"{OPTIONS_PACKAGE}.hooks"))


class HookReader:
    """Reads the hooks of one file; ``messages`` holds every message in reach by its full name."""

    def __init__(self, source: Source, file: FileDescriptorProto, messages: Mapping[str, Message]) -> None:
        self._source = source
        self._file = file
        self._problems = source.problems
        self._comments = Comments(file.source_code_info)
        self._messages = messages

    def services(self) -> Iterator[HookService]:
        """Give the services that declare hooks, in the line of the file."""
        for index, service in enumerate(self._file.service):
            if not declares_hooks(self._source, service):
                continue
            full_name = f"{self._file.package}.{service.name}"
            with self._problems.at(full_name):
                if not service.method:
                    raise _error(f"{full_name}: it declares no hook", f"Write an rpc with {_EXAMPLE}")
            yield HookService(
                full_name=full_name,
                name=service.name,
                spec=f"{service.name}Spec",
                caller=f"{service.name}Caller",
                hooks=tuple(self._hooks(full_name, service, index)),
                comment=self._comments.at(6, index),
            )

    def _hooks(self, owner: str, service: ServiceDescriptorProto, index: int) -> Iterator[Hook]:
        for position, method in enumerate(service.method):
            kinds = (method.input_type, method.output_type)
            if any(self._problems.concern(kind.removeprefix(".")) for kind in kinds):
                continue
            with self._problems.at(f"{owner}.{method.name}", option=f"{OPTIONS_PACKAGE}.hook"):
                comment = self._comments.at(6, index, 2, position)
                yield self._hook(f"{owner}/{method.name}", method, comment)

    def _hook(self, full_name: str, method: MethodDescriptorProto, comment: str) -> Hook:
        self._refuse_others(method, full_name)
        option = self._source.option(method.options, f"{OPTIONS_PACKAGE}.hook")
        if option is None:
            raise _error(
                f"{full_name}: a hook needs ({OPTIONS_PACKAGE}.hook), and this one has none",
                f"Write {_EXAMPLE}",
            )
        combine = self._named(option, "combine", _COMBINE, full_name)
        on_failure = self._named(option, "on_failure", _ON_FAILURE, full_name)
        if not option.deadline_ms:
            raise _error(
                f"{full_name}: a hook needs deadline_ms, the time for the whole question",
                "Write deadline_ms: 500.",
            )
        request = self._message(method, full_name, MethodDescriptorProto.INPUT_TYPE_FIELD_NUMBER)
        response = self._message(method, full_name, MethodDescriptorProto.OUTPUT_TYPE_FIELD_NUMBER)
        if combine == "FOLD" and request is not response:
            raise _error(
                f"{full_name}: COMBINE_FOLD hands one answer on to the next, so that request and response "
                f"are one type, not {request.type_name.full_name} and {response.type_name.full_name}",
                "Write one message on both sides, or combine: COMBINE_ALL.",
            )
        return Hook(
            full_name=full_name,
            name=method.name,
            python_name=names.attribute(names.snake(method.name)),
            request=request.type_name,
            response=response.type_name,
            combine=combine,
            deadline_ms=option.deadline_ms,
            on_failure=on_failure,
            comment=comment,
        )

    def _refuse_others(self, method: MethodDescriptorProto, full_name: str) -> None:
        name = full_name.replace("/", ".")
        if method.client_streaming or method.server_streaming:
            with self._problems.within(name):
                raise _error(
                    f"{full_name}: a hook is one question and one answer, and this one streams",
                    "Write the rpc without stream.",
                )
        for option in _OF_METHODS:
            if self._source.option(method.options, option) is not None:
                with self._problems.within(name, option=option):
                    raise _error(
                        f"{full_name}: ({option}) is for methods that are called from outside, not for hooks",
                        _AWAY,
                    )
        if method.options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN:
            with self._problems.within(name, *_LEVEL):
                raise _error(f"{full_name}: idempotency_level is for methods; a hook is a question", _AWAY)

    def _named(self, option: Any, field: str, values: Mapping[int, str], full_name: str) -> str:
        value = values.get(getattr(option, field))
        if value is None:
            choice = ", ".join(f"{field.upper()}_{name}" for name in values.values())
            raise _error(
                f"{full_name}: a hook needs {field}, one of {choice}",
                f"Write {field}: {field.upper()}_{next(iter(values.values()))}.",
            )
        return value

    def _message(self, method: MethodDescriptorProto, full_name: str, side: int) -> Message:
        question = side == MethodDescriptorProto.INPUT_TYPE_FIELD_NUMBER
        type_name = (method.input_type if question else method.output_type).removeprefix(".")
        found = self._messages.get(type_name)
        if found is None:
            with self._problems.within(full_name.replace("/", "."), side):
                raise _error(
                    f"{full_name}: {type_name} cannot be a question or an answer",
                    "Write a message of a proto3 file whose package has a Python package.",
                )
        return found


def _error(problem: str, hint: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_CONTRACT", f"{problem}.", hint=hint)
