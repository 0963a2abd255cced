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
_HINT = "See docs/hooks.md for what a hook says."


def declares_hooks(source: Source, service: ServiceDescriptorProto) -> bool:
    """Say whether the service's methods are hooks."""
    return bool(source.option(service.options, f"{OPTIONS_PACKAGE}.hooks"))


class HookReader:
    """Reads the hooks of one file; ``messages`` holds every message in reach by its full name."""

    def __init__(self, source: Source, file: FileDescriptorProto, messages: Mapping[str, Message]) -> None:
        self._source = source
        self._file = file
        self._comments = Comments(file.source_code_info)
        self._messages = messages

    def services(self) -> Iterator[HookService]:
        """Give the services that declare hooks, in the line of the file; raises GenerateError."""
        for index, service in enumerate(self._file.service):
            if not declares_hooks(self._source, service):
                continue
            full_name = f"{self._file.package}.{service.name}"
            if not service.method:
                raise self._error(f"{full_name}: it declares no hook")
            yield HookService(
                full_name=full_name,
                name=service.name,
                spec=f"{service.name}Spec",
                caller=f"{service.name}Caller",
                hooks=tuple(
                    self._hook(f"{full_name}/{method.name}", method, self._comments.at(6, index, 2, position))
                    for position, method in enumerate(service.method)
                ),
                comment=self._comments.at(6, index),
            )

    def _hook(self, full_name: str, method: MethodDescriptorProto, comment: str) -> Hook:
        self._refuse_others(method, full_name)
        option = self._source.option(method.options, f"{OPTIONS_PACKAGE}.hook")
        if option is None:
            raise self._error(f"{full_name}: a hook needs ({OPTIONS_PACKAGE}.hook), and this one has none")
        combine = self._named(option, "combine", _COMBINE, full_name)
        on_failure = self._named(option, "on_failure", _ON_FAILURE, full_name)
        if not option.deadline_ms:
            raise self._error(f"{full_name}: a hook needs deadline_ms, the time for the whole question")
        request, response = (self._message(n, full_name) for n in (method.input_type, method.output_type))
        if combine == "FOLD" and request is not response:
            raise self._error(
                f"{full_name}: COMBINE_FOLD hands one answer on to the next, so that request and response "
                f"are one type, not {request.type_name.full_name} and {response.type_name.full_name}"
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
        if method.client_streaming or method.server_streaming:
            raise self._error(f"{full_name}: streams are not supported")
        for option in _OF_METHODS:
            if self._source.option(method.options, option) is not None:
                raise self._error(
                    f"{full_name}: ({option}) is for methods that are called from outside, not for hooks"
                )
        if method.options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN:
            raise self._error(f"{full_name}: idempotency_level is for methods; a hook is a question")

    def _named(self, option: Any, field: str, values: Mapping[int, str], full_name: str) -> str:
        value = values.get(getattr(option, field))
        if value is None:
            choice = ", ".join(f"{field.upper()}_{name}" for name in values.values())
            raise self._error(f"{full_name}: a hook needs {field}, one of {choice}")
        return value

    def _message(self, type_name: str, full_name: str) -> Message:
        found = self._messages.get(type_name.removeprefix("."))
        if found is None:
            raise self._error(f"{full_name}: {type_name.removeprefix('.')} cannot be a question or an answer")
        return found

    def _error(self, problem: str) -> GenerateError:
        return GenerateError("UNSUPPORTED_CONTRACT", f"{self._file.name}: {problem}.", hint=_HINT)
