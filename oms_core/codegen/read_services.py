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

from oms_core.codegen import names
from oms_core.codegen.model import Access, Field, HttpBinding, Kind, Message, Method, Service
from oms_core.codegen.read_deprecation import deprecation
from oms_core.codegen.read_hooks import declares_hooks
from oms_core.codegen.read_http import HttpReader
from oms_core.codegen.read_streaming import OPTION as CURSOR
from oms_core.codegen.read_streaming import cursor, refuse_unservable, streaming
from oms_core.codegen.requirements import field_accesses
from oms_core.codegen.source import HTTP, OPTIONS_PACKAGE, Comments, Source
from oms_core.errors import GenerateError

_STANDARD_LEVELS = {
    MethodOptions.IDEMPOTENCY_UNKNOWN: "NONE",
    MethodOptions.NO_SIDE_EFFECTS: "NO_SIDE_EFFECTS",
    MethodOptions.IDEMPOTENT: "IDEMPOTENT",
}
_KEYED = 1
_PERMISSION, _PUBLIC = f"{OPTIONS_PACKAGE}.permission", f"{OPTIONS_PACKAGE}.public"
_EXAMPLE = 'name: "shop.items.get"'
_LEVEL = (MethodDescriptorProto.OPTIONS_FIELD_NUMBER, MethodOptions.IDEMPOTENCY_LEVEL_FIELD_NUMBER)


class ServiceReader:
    """Reads the services of one file; ``messages`` holds every message in reach by its full name."""

    def __init__(self, source: Source, file: FileDescriptorProto, messages: Mapping[str, Message]) -> None:
        self._source = source
        self._file = file
        self._problems = source.problems
        self._comments = Comments(file.source_code_info)
        self._messages = messages

    def services(self) -> Iterator[Service]:
        """Give the services, but not hooks, as the file has them, without methods that cannot be served."""
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
                methods=tuple(self._methods(full_name, service, index)),
                comment=self._comments.at(6, index),
                file=self._file.name,
            )

    def _methods(self, owner: str, service: ServiceDescriptorProto, index: int) -> Iterator[Method]:
        for position, method in enumerate(service.method):
            kinds = (method.input_type, method.output_type)
            if any(self._problems.concern(kind.removeprefix(".")) for kind in kinds):
                continue
            with self._problems.at(f"{owner}.{method.name}"):
                yield self._method(owner, method, self._comments.at(6, index, 2, position))

    def _method(self, service: str, method: MethodDescriptorProto, comment: str) -> Method:
        full_name = f"{service}.{method.name}"
        if self._option(method, "hook") is not None:
            with self._problems.within(full_name, option=f"{OPTIONS_PACKAGE}.hook"):
                raise _error(
                    f"{full_name}: ({OPTIONS_PACKAGE}.hook) belongs into a service"
                    f" with ({OPTIONS_PACKAGE}.hooks) = true",
                    f"Write option ({OPTIONS_PACKAGE}.hooks) = true; into a service of hooks alone.",
                )
        with self._problems.within(full_name, MethodDescriptorProto.INPUT_TYPE_FIELD_NUMBER):
            request = self._message(method.input_type, full_name)
        with self._problems.within(full_name, MethodDescriptorProto.OUTPUT_TYPE_FIELD_NUMBER):
            response = self._message(method.output_type, full_name)
        with self._problems.within(full_name, option=_PERMISSION):
            access = self._access(method, request, full_name)
        with self._problems.within(full_name, *_LEVEL):
            idempotency = self._idempotency(method, full_name)
        rule = self._source.option(method.options, HTTP)
        with self._problems.within(full_name, option=HTTP):
            bindings = () if rule is None else self._bindings(rule, request, response, full_name)
        refuse_unservable(method, idempotency, bindings, full_name)
        with self._problems.within(full_name, option=CURSOR):
            resumed = cursor(self._source, method, request, response, full_name)
        return Method(
            name=method.name,
            python_name=names.attribute(names.snake(method.name)),
            constant=names.constant(method.name),
            request=request.type_name,
            response=response.type_name,
            access=access,
            idempotency=idempotency,
            bindings=bindings,
            comment=comment,
            deprecation=deprecation(self._source, method, full_name),
            streaming=streaming(method),
            cursor=resumed,
        )

    def _bindings(
        self, rule: Any, request: Message, response: Message, method: str
    ) -> tuple[HttpBinding, ...]:
        return tuple(HttpReader(request, response, self._messages, method).bindings(rule))

    def _message(self, type_name: str, method: str) -> Message:
        found = self._messages.get(type_name.removeprefix("."))
        if found is None:
            raise _error(
                f"{method}: {type_name.removeprefix('.')} cannot be a request or a response",
                "Write a message of a proto3 file whose package has a Python package.",
            )
        return found

    def _access(self, method: MethodDescriptorProto, request: Message, full_name: str) -> Access:
        permission = self._option(method, "permission")
        public = bool(self._option(method, "public"))
        if public == (permission is not None):
            said = "both" if public else "neither"
            raise _error(
                f"{full_name}: a method says either who may call it ({_PERMISSION})"
                f" or that anybody may ({_PUBLIC}), and this one says {said}",
                "Take one of them away."
                if public
                else f"Write option ({_PERMISSION}) = {{ {_EXAMPLE} }}; or option ({_PUBLIC}) = true;",
            )
        fields = field_accesses(request)
        if permission is None:
            if fields:
                with self._problems.within(full_name, option=_PUBLIC):
                    raise _error(
                        f"{full_name}: anybody may call it, so the field {fields[0].field} of its request"
                        f" cannot require {fields[0].permission}",
                        f"Write option ({_PERMISSION}) instead, or take the requirement off the field.",
                    )
            return Access("", "PUBLIC")
        if not permission.name:
            raise _error(f"{full_name}: the permission has no name", f"Write {{ {_EXAMPLE} }}.")
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
        plain = [f for f in request.fields if f.kind is Kind.STRING and not (f.repeated or f.optional)]
        for field in plain:
            if field.name == name:
                return field
        choice = ", ".join(field.name for field in plain)
        raise _error(
            f"{method}: {option}: {name!r} is not a plain string field of {request.type_name.full_name}",
            f"Write one that is: {choice}." if plain else "Give the request a string field with the id.",
        )

    def _idempotency(self, method: MethodDescriptorProto, full_name: str) -> str:
        level = _STANDARD_LEVELS[method.options.idempotency_level]
        if self._option(method, "idempotency") != _KEYED:
            return level
        if level != "NONE":
            raise _error(
                f"{full_name}: idempotency is given twice, as KEYED and as {level}",
                f"Take idempotency_level away; ({OPTIONS_PACKAGE}.idempotency) alone says it.",
            )
        return "KEYED"

    def _option(self, owner: MethodDescriptorProto | ServiceDescriptorProto, name: str) -> Any:
        return self._source.option(owner.options, f"{OPTIONS_PACKAGE}.{name}")


def _error(problem: str, hint: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_CONTRACT", f"{problem}.", hint=hint)
