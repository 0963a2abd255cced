"""The contract model to OpenAPI 3.1, one document a package; a server merges those of its plugins."""

from __future__ import annotations

import json
from collections.abc import Iterable

from oms_core.codegen.model import Contract, Field, HttpBinding, Method, Package, Service, TypeName
from oms_core.codegen.openapi_examples import example_of
from oms_core.codegen.openapi_query import query_leaves
from oms_core.codegen.openapi_responses import PROBLEM, components, responses
from oms_core.codegen.openapi_rules import with_parameter_rules
from oms_core.codegen.openapi_schemas import Json, described, plain_schema, reachable, reference, schema_of
from oms_core.codegen.openapi_streams import LAST_EVENT, lines_content, stream_content

_MAX_KEY = 255
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Chosen by the caller, new for every intent: one key has one effect and one answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": _MAX_KEY},
}
_PROBLEM_SCHEMA: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Some codes add members that a program needs to act on them.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people."},
        "code": {"type": "string", "description": "Stable; programs may branch on it."},
        "instance": {"type": "string", "description": "The trace under which the operator finds the call."},
        "violations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "description": "For example lines[2].quantity."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def document(package: Package, contract: Contract) -> str:
    """Return the document of a package as JSON text."""
    paths: dict[str, Json] = {}
    for service in package.services:
        for method in service.methods:
            for index, binding in enumerate(method.bindings):
                operation = _operation(service, method, binding, index, contract)
                paths.setdefault(binding.openapi_path, {})[binding.http_method.lower()] = operation
    used = [name for method in package.methods if method.bindings for name in _types(method, contract)]
    result: Json = {
        "openapi": "3.1.0",
        "info": {"title": package.name, "version": package.name.rpartition(".")[2]},
        "tags": [described({"name": _tag(service)}, service.comment) for service in package.services],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: schema_of(name, contract) for name in reachable(used, contract)}
            | ({PROBLEM: _PROBLEM_SCHEMA} if paths else {}),
            "responses": components() if paths else {},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _operation(
    service: Service, method: Method, binding: HttpBinding, index: int, contract: Contract
) -> Json:
    summary, _, more = method.comment.partition("\n")
    operation: Json = {
        "tags": [_tag(service)],
        "operationId": f"{service.name}_{method.name}" + (f"_{index + 1}" if index else ""),
        "summary": summary or method.name,
    }
    if more.strip():
        operation["description"] = more.strip()
    if parameters := list(_parameters(method, binding, contract)):
        operation["parameters"] = with_parameter_rules(parameters, method, binding, contract)
    if binding.has_body:
        operation["requestBody"] = {"required": True, "content": _request(method, binding, contract)}
    operation["responses"] = responses(method, binding, _answer(method, binding))
    public = method.access.scope == "PUBLIC"
    # OpenAPI 3.1: the roles of a scheme that has no scopes; here it is the permission that is needed.
    operation["security"] = [] if public else [{"bearer": [method.access.permission]}]
    if not public:
        operation["x-oms-permission"] = method.access.permission
    if method.access.fields:
        operation["x-oms-field-permissions"] = {one.field: one.permission for one in method.access.fields}
    if method.deprecation:
        operation["deprecated"] = True
        if method.deprecation.sunset:
            operation["x-oms-sunset"] = method.deprecation.sunset
    return operation


def _parameters(method: Method, binding: HttpBinding, contract: Contract) -> Iterable[Json]:
    for capture in binding.captures:
        # The name in the path template is the contract's own.
        for name in capture.parameters:
            yield _parameter(capture.field, name, "path", required=True)
    for name, field in query_leaves(binding, contract):
        yield _parameter(field, name, "query", required=False)
    if method.idempotency == "KEYED":
        yield dict(_KEY)
    if method.cursor:
        yield dict(LAST_EVENT)


def _parameter(field: Field, name: str, where: str, *, required: bool) -> Json:
    parameter: Json = {"name": name, "in": where}
    if required:
        parameter["required"] = True
    if field.deprecated:
        parameter["deprecated"] = True
    return described(parameter, field.comment) | {"schema": plain_schema(field)}


def _request(method: Method, binding: HttpBinding, contract: Contract) -> Json:
    if binding.raw:
        return _raw_content()
    schema = _body(method, binding, contract)
    if method.streams_requests:
        return lines_content(schema)
    content = _json_content(schema)
    content["application/json"]["example"] = _example(method, binding, contract)
    return content


def _body(method: Method, binding: HttpBinding, contract: Contract) -> Json:
    if binding.body:
        return plain_schema(binding.body)
    if not binding.variables:
        return reference(method.request)
    # What the path says need not be said again: the body's schema lacks those fields.
    bound = {variable.name for variable in binding.variables}
    return schema_of(method.request.full_name, contract, without=bound)


def _answer(method: Method, binding: HttpBinding) -> Json:
    if binding.raw_answer:
        return _raw_content()
    schema = plain_schema(binding.answer) if binding.answer else reference(method.response)
    return stream_content(schema) if method.streams_answers else _json_content(schema)


def _raw_content() -> Json:
    return {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def _example(method: Method, binding: HttpBinding, contract: Contract) -> object:
    if binding.body:
        whole = example_of(method.request.full_name, contract)
        return whole[binding.body.json_name]
    bound = {variable.name for variable in binding.variables}
    return example_of(method.request.full_name, contract, without=bound)


def _types(method: Method, contract: Contract) -> Iterable[TypeName]:
    if any(binding.has_body and not binding.variables for binding in method.bindings):
        yield method.request
    yield method.response
    # Path, query and inlined bodies speak of the types of single fields.
    yield from (f.type_name for f in contract.messages[method.request.full_name].fields if f.type_name)


def _json_content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _tag(service: Service) -> str:
    return service.full_name
