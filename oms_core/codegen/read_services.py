"""Descriptors of services to the model, with what their options say about access and repetition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import (
    FileDescriptorProto,
    MethodDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

from oms_core.codegen import names, read_http
from oms_core.codegen.model import Access, Field, Kind, Message, Method, Service
from oms_core.codegen.read_hooks import declares_hooks
from oms_core.codegen.requirements import field_accesses
from oms_core.codegen.source import HTTP, OPTIONS_PACKAGE, Comments, Source
from oms_core.errors import GenerateError

_STANDARD_LEVELS = {
    MethodOptions.IDEMPOTENCY_UNKNOWN: "NONE",
    MethodOptions.NO_SIDE_EFFECTS: "NO_SIDE_EFFECTS",
    MethodOptions.IDEMPOTENT: "IDEMPOTENT",
}
_KEYED = 1
_HINT = "Change the contract and run oms generate again."


class ServiceReader:
    """Reads the services of one file; ``messages`` holds every message in reach by its full name."""

    def __init__(self, source: Source, file: FileDescriptorProto, messages: Mapping[str, Message]) -> None:
        self._source = source
        self._file = file
        self._comments = Comments(file.source_code_info)
        self._messages = messages

    def services(self) -> Iterator[Service]:
        """Give the services, but not hooks, as the file has them; GenerateError for what cannot be served."""
        for index, service in enumerate(self._file.service):
            full_name = f"{self._file.package}.{service.name}"
            if declares_hooks(self._source, service):
                continue
            stem = names.service_stem(service.name)
            yield Service(
                full_name=full_name,
                name=service.name,
                base=f"{service.name}Base",
                client=f"{stem}Client",
                methods=tuple(
                    self._method(full_name, method, self._comments.at(6, index, 2, position))
                    for position, method in enumerate(service.method)
                ),
                comment=self._comments.at(6, index),
            )

    def _method(self, service: str, method: MethodDescriptorProto, comment: str) -> Method:
        full_name = f"{service}.{method.name}"
        if method.client_streaming or method.server_streaming:
            raise self._error(f"{full_name}: streams are not supported")
        if self._option(method, "hook") is not None:
            raise self._error(
                f"{full_name}: ({OPTIONS_PACKAGE}.hook) belongs into a service"
                f" with ({OPTIONS_PACKAGE}.hooks) = true"
            )
        request = self._message(method.input_type, full_name)
        response = self._message(method.output_type, full_name)
        rule = self._source.option(method.options, HTTP)
        return Method(
            name=method.name,
            python_name=names.attribute(names.snake(method.name)),
            constant=names.constant(method.name),
            request=request.type_name,
            response=response.type_name,
            access=self._access(method, request, full_name),
            idempotency=self._idempotency(method, full_name),
            bindings=() if rule is None else tuple(read_http.bindings(rule, request, full_name)),
            comment=comment,
        )

    def _message(self, type_name: str, method: str) -> Message:
        found = self._messages.get(type_name.removeprefix("."))
        if found is None:
            raise self._error(f"{method}: {type_name.removeprefix('.')} cannot be a request or a response")
        return found

    def _access(self, method: MethodDescriptorProto, request: Message, full_name: str) -> Access:
        permission = self._option(method, "permission")
        public = bool(self._option(method, "public"))
        if public == (permission is not None):
            said = "both" if public else "neither"
            raise self._error(
                f"{full_name}: a method says either who may call it ({OPTIONS_PACKAGE}.permission)"
                f" or that anybody may ({OPTIONS_PACKAGE}.public), and this one says {said}"
            )
        fields = field_accesses(request)
        if permission is None:
            if fields:
                raise self._error(
                    f"{full_name}: anybody may call it, so the field {fields[0].field} of its request cannot"
                    f" require {fields[0].permission}"
                )
            return Access("", "PUBLIC")
        if not permission.name:
            raise self._error(f"{full_name}: the permission has no name")
        roles = tuple(permission.roles)
        at = permission.WhichOneof("at")
        if at == "platform" and permission.platform:
            return Access(permission.name, "PLATFORM", roles=roles, fields=fields)
        if at not in {"node", "resource"}:
            return Access(permission.name, "TENANT", roles=roles, fields=fields)
        field = self._id_field(request, getattr(permission, at), full_name, at)
        found = names.locator(field.python_name) if at == "resource" else ""
        return Access(permission.name, at.upper(), field.python_name, found, roles, fields)

    def _id_field(self, request: Message, name: str, method: str, option: str) -> Field:
        for field in request.fields:
            if field.name == name and field.kind is Kind.STRING and not field.repeated and not field.optional:
                return field
        kind = request.type_name.full_name
        raise self._error(f"{method}: {option}: {name!r} is not a plain string field of {kind}")

    def _idempotency(self, method: MethodDescriptorProto, full_name: str) -> str:
        level = _STANDARD_LEVELS[method.options.idempotency_level]
        if self._option(method, "idempotency") != _KEYED:
            return level
        if level != "NONE":
            raise self._error(f"{full_name}: idempotency is given twice, as KEYED and as {level}")
        return "KEYED"

    def _option(self, owner: MethodDescriptorProto | ServiceDescriptorProto, name: str) -> Any:
        return self._source.option(owner.options, f"{OPTIONS_PACKAGE}.{name}")

    def _error(self, problem: str) -> GenerateError:
        return GenerateError("UNSUPPORTED_CONTRACT", f"{self._file.name}: {problem}.", hint=_HINT)
