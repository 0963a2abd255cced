"""The events of a package to AsyncAPI 3.0: https://www.asyncapi.com/docs/reference/specification/v3.0.0."""

from __future__ import annotations

import json

from oms_core.codegen.model import Contract, Event, Message, Package
from oms_core.codegen.openapi_schemas import Json, reachable, reference, schema_of

_BINARY = "application/x-protobuf"


def document(package: Package, contract: Contract) -> str:
    """Return the document as JSON text: a channel an event, named as it is published."""
    published = [(message, message.event) for message in package.messages if message.event]
    names = reachable([message.type_name for message, _ in published], contract)
    result: Json = {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Events of {package.name}",
            "version": package.name.rpartition(".")[2],
            "description": "Each event is delivered at least once, in turn for each key. The payload is "
            "binary protobuf; its schema is given in the JSON of protobuf.",
        },
        "defaultContentType": _BINARY,
        "channels": {event.name: _channel(message, event) for message, event in published},
        "operations": {f"publish.{event.name}": _operation(message, event) for message, event in published},
        "components": {
            "messages": {_name(message): _message(message, event) for message, event in published},
            "schemas": {name: schema_of(name, contract) for name in names},
        },
        "x-generated": f"by protoc-gen-oms from {', '.join(package.files)}; do not edit",
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _channel(message: Message, event: Event) -> Json:
    return {
        "address": event.name,
        "messages": {_name(message): {"$ref": f"#/components/messages/{_name(message)}"}},
    }


def _operation(message: Message, event: Event) -> Json:
    channel = f"#/channels/{event.name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_name(message)}"}],
    }


def _message(message: Message, event: Event) -> Json:
    summary, _, more = message.comment.partition("\n")
    described: Json = {"name": message.type_name.full_name, "title": message.type_name.python_name}
    if summary:
        described["summary"] = summary
    if more.strip():
        described["description"] = more.strip()
    if message.deprecated:
        described["deprecated"] = True
    return described | {
        "contentType": _BINARY,
        "payload": reference(message.type_name),
        "x-oms-version": event.version,
        "x-oms-key": event.key,
    }


def _name(message: Message) -> str:
    return message.type_name.python_name
