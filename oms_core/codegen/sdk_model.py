"""The contract as a client's user sees it: a resource a service, a method an RPC, named as the RPC."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oms_core.codegen import names
from oms_core.codegen.model import Contract, Field, HttpBinding, Kind, Message, Method, Service, TypeName
from oms_core.errors import GenerateError

_CLIENT = frozenset({"close", "request", "with_options"})
"""What a client has besides its resources."""
_ARGUMENTS = frozenset({"idempotency_key", "self", "timeout", "urls"})
"""Names in a method that no field of a request can have."""


@dataclass(frozen=True, slots=True)
class Paging:
    """A list that comes in pages: the field of the response that holds ``item``s."""

    field: str
    item: TypeName


@dataclass(frozen=True, slots=True)
class SdkMethod:
    """One method of a resource. ``positional`` are the fields in the path; the others are keywords."""

    name: str
    rpc: Method
    binding: HttpBinding
    positional: tuple[Field, ...]
    required: tuple[Field, ...]
    optional: tuple[Field, ...]
    paging: Paging | None

    @property
    def keywords(self) -> tuple[Field, ...]:
        """The arguments that are given by name, those first that have to be."""
        return self.required + self.optional

    @property
    def keyed(self) -> bool:
        """Whether an idempotency key goes with it."""
        return self.rpc.idempotency == "KEYED"


@dataclass(frozen=True, slots=True)
class SdkResource:
    """The methods of one service that are served over HTTP."""

    name: str
    stem: str
    service: Service
    source: tuple[str, ...]
    methods: tuple[SdkMethod, ...]


def resources(contract: Contract) -> tuple[SdkResource, ...]:
    """Return the resources by name; raises GenerateError where two things would have one name."""
    found: dict[str, SdkResource] = {}
    for package in contract.packages:
        for service in package.services:
            methods = tuple(_methods(service, contract))
            if not methods:
                continue
            stem = names.service_stem(service.name)
            name = names.snake(stem)
            if name in _CLIENT or keyword.iskeyword(name):
                raise _taken(f"{service.full_name}: a client cannot call its resource {name!r}")
            if other := found.get(name):
                raise _taken(
                    f"{other.service.full_name} and {service.full_name} would both be the resource {name!r}"
                )
            found[name] = SdkResource(name, stem, service, package.files, methods)
    return tuple(found[name] for name in sorted(found))


def method_name(service: str, rpc: str) -> str:
    """Return the RPC's name without the noun of its service: ``GetNote`` of ``NotesService`` is ``get``."""
    noun = names.snake(names.service_stem(service))
    name = names.snake(rpc)
    for ending in {noun, f"{noun}s", _singular(noun)}:
        if name.endswith(f"_{ending}"):
            name = name.removesuffix(f"_{ending}")
            break
    return f"{name}_" if keyword.iskeyword(name) else name


def _methods(service: Service, contract: Contract) -> Iterator[SdkMethod]:
    taken: dict[str, str] = {}
    for rpc in service.methods:
        if not rpc.bindings or rpc.streaming != "NONE":
            continue  # what streams is called by the generated gRPC client
        name = method_name(service.name, rpc.name)
        if other := taken.get(name):
            raise _taken(f"{service.full_name}: {other} and {rpc.name} would both be the method {name!r}")
        taken[name] = rpc.name
        yield _method(name, rpc, service, contract)


def _method(name: str, rpc: Method, service: Service, contract: Contract) -> SdkMethod:
    binding = rpc.bindings[0]
    if not binding.is_plain:
        raise GenerateError(
            "SDK_ROUTE_UNSUPPORTED",
            f"{service.full_name}.{rpc.name}: the SDK cannot call {binding.http_method} {binding.template}.",
            hint='Its first route has variables of one segment, and body: "*" or none.',
        )
    request = contract.messages[rpc.request.full_name]
    rest = [field for field in request.fields if field not in binding.variables]
    for field in request.fields:
        if field.python_name in _ARGUMENTS:
            raise _taken(f"{service.full_name}.{rpc.name}: the argument {field.name!r} means something else")
    # Without the field that says where the caller wants to act, every call would be refused.
    required = tuple(field for field in rest if field.python_name == rpc.access.field)
    return SdkMethod(
        name=name,
        rpc=rpc,
        binding=binding,
        positional=binding.variables,
        required=required,
        optional=tuple(field for field in rest if field not in required),
        paging=_paging(request, contract.messages[rpc.response.full_name]),
    )


def _paging(request: Message, response: Message) -> Paging | None:
    asked = _has_text(request.fields, "page_token")
    if not (asked and _has_text(response.fields, "next_page_token")):
        return None
    lists = [field for field in response.fields if field.repeated and field.kind is Kind.MESSAGE]
    if len(lists) != 1 or lists[0].type_name is None:
        return None
    return Paging(lists[0].python_name, lists[0].type_name)


def _has_text(fields: Iterable[Field], name: str) -> bool:
    return any(field.name == name and field.kind is Kind.STRING and not field.repeated for field in fields)


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return noun.removesuffix("ies") + "y"
    return noun.removesuffix("s")


def _taken(problem: str) -> GenerateError:
    return GenerateError("SDK_NAME_TAKEN", f"{problem}.", hint="Rename one of them in the contract.")
