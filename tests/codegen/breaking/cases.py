"""Changes of shop.proto, each with the findings that it must give; None is one that breaks nobody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Replace ``old`` by ``new``; ``found`` are (rule, where)."""

    old: str
    new: str
    found: tuple[tuple[str, str], ...] = ()


ORDER = "acme.v1.Order"
GET, PLACE = "acme.v1.Orders.GetOrder", "acme.v1.Orders.PlaceOrder"
_GET_ACCESS = 'permission) = { name: "acme.orders.read" roles: "owner" roles: "crew" }'
_PLACE_ACCESS = 'permission) = { name: "acme.orders.place" node: "location_id" }'

CASES = {
    "a new field": Case("  Part part = 9;", "  Part part = 9;\n  string guest = 10;"),
    "a new value": Case("STATE_DONE = 2;", "STATE_DONE = 2;\n  STATE_GONE = 3;"),
    "a new method": Case("rpc CountOrders", "rpc SumOrders(Order) returns (Order);\n  rpc CountOrders"),
    "a longer deadline": Case("deadline_ms: 150", "deadline_ms: 300"),
    "more reserved": Case("reserved 20 to 29;", "reserved 20 to 35;"),
    "a comment": Case("  Part part = 9;", "  // What it is part of.\n  Part part = 9;"),
    "a field gone": Case("  int32 quantity = 2;\n", "", (("FIELD_DELETED", f"{ORDER}.quantity"),)),
    "a field renumbered": Case(
        "int32 quantity = 2;", "int32 quantity = 12;", (("FIELD_DELETED", f"{ORDER}.quantity"),)
    ),
    "a field renamed": Case(
        "int32 quantity = 2;", "int32 amount = 2;", (("FIELD_RENAMED", f"{ORDER}.amount"),)
    ),
    "another JSON name": Case(
        "int32 quantity = 2;",
        'int32 quantity = 2 [json_name = "qty"];',
        (("FIELD_JSON_NAME", f"{ORDER}.quantity"),),
    ),
    "another type": Case(
        "int32 quantity = 2;", "int64 quantity = 2;", (("FIELD_TYPE", f"{ORDER}.quantity"),)
    ),
    "another type of a map's values": Case(
        "map<string, int32>", "map<string, int64>", (("FIELD_TYPE", f"{ORDER}.counts"),)
    ),
    "repeated now": Case(
        "int32 quantity = 2;", "repeated int32 quantity = 2;", (("FIELD_CARDINALITY", f"{ORDER}.quantity"),)
    ),
    "no presence now": Case("optional string note", "string note", (("FIELD_CARDINALITY", f"{ORDER}.note"),)),
    "out of its oneof": Case(
        "    string cash = 8;\n  }", "  }\n  string cash = 8;", (("FIELD_ONEOF", f"{ORDER}.cash"),)
    ),
    "an enum value gone": Case(
        "  STATE_DONE = 2;\n", "", (("ENUM_VALUE_DELETED", "acme.v1.State.STATE_DONE"),)
    ),
    "an enum value renamed": Case(
        "STATE_DONE = 2;", "STATE_CLOSED = 2;", (("ENUM_VALUE_RENAMED", "acme.v1.State.STATE_CLOSED"),)
    ),
    "a message gone": Case(
        "  Part part = 9;\n\n  message Part {\n    string name = 1;\n  }\n",
        "",
        (("FIELD_DELETED", f"{ORDER}.part"), ("MESSAGE_DELETED", f"{ORDER}.Part")),
    ),
    "an enum gone": Case(
        "  enum Kind {\n    KIND_UNSPECIFIED = 0;\n  }\n", "", (("ENUM_DELETED", "acme.v1.Note.Kind"),)
    ),
    "a oneof gone": Case(
        "  oneof about {\n    string guest = 1;\n  }\n",
        "  string guest = 1;\n",
        (("ONEOF_DELETED", "acme.v1.Note.about"), ("FIELD_ONEOF", "acme.v1.Note.guest")),
    ),
    "no longer reserved": Case("reserved 20 to 29;", "reserved 20 to 25;", (("RESERVED_DELETED", ORDER),)),
    "a name no longer reserved": Case('  reserved "courier";\n', "", (("RESERVED_DELETED", ORDER),)),
    "an enum's number no longer reserved": Case(
        "reserved 7, 9 to 12;", "reserved 9 to 12;", (("RESERVED_DELETED", "acme.v1.State"),)
    ),
    "a method gone": Case(
        "  rpc CountOrders(GetOrderRequest) returns (Order) {\n"
        "    option (oms.options.v1.public) = true;\n"
        "  }\n",
        "",
        (("METHOD_DELETED", "acme.v1.Orders.CountOrders"),),
    ),
    "another request": Case(
        "rpc GetOrder(GetOrderRequest)", "rpc GetOrder(PlaceOrderRequest)", (("METHOD_REQUEST", GET),)
    ),
    "another response": Case(
        "rpc CountOrders(GetOrderRequest) returns (Order)",
        "rpc CountOrders(GetOrderRequest) returns (OrderPlaced)",
        (("METHOD_RESPONSE", "acme.v1.Orders.CountOrders"),),
    ),
    "a stream": Case(
        "rpc CountOrders(GetOrderRequest) returns (Order)",
        "rpc CountOrders(GetOrderRequest) returns (stream Order)",
        (("METHOD_STREAMING", "acme.v1.Orders.CountOrders"),),
    ),
    "it may not be repeated": Case(
        "    option idempotency_level = NO_SIDE_EFFECTS;\n", "", (("METHOD_IDEMPOTENCY", GET),)
    ),
    "no key any more": Case(
        "    option (oms.options.v1.idempotency) = IDEMPOTENCY_KEYED;\n", "", (("METHOD_IDEMPOTENCY", PLACE),)
    ),
    "another path": Case(
        'get: "/v1/orders/{order_id}"', 'get: "/v1/order/{order_id}"', (("ROUTE_DELETED", GET),)
    ),
    "another HTTP method": Case('post: "/v1/orders"', 'put: "/v1/orders"', (("ROUTE_DELETED", PLACE),)),
    "an additional binding gone": Case(
        '      additional_bindings { get: "/v1/old/{order_id}" response_body: "part" }\n',
        "",
        (("ROUTE_DELETED", GET),),
    ),
    "a route for a method that had none": Case(
        "(oms.options.v1.public) = true;",
        '(oms.options.v1.public) = true; option (google.api.http) = { post: "/v1/count" };',
    ),
    "another body": Case('body: "order"', 'body: "*"', (("ROUTE_BODY", PLACE),)),
    "another response body": Case(
        'response_body: "part"', 'response_body: "tags"', (("ROUTE_RESPONSE_BODY", GET),)
    ),
    "another permission": Case(
        '"acme.orders.read" roles', '"acme.orders.see" roles', (("PERMISSION_TIGHTENED", GET),)
    ),
    "public": Case(_GET_ACCESS, "public) = true", (("PERMISSION_LOOSENED", GET),)),
    "public no more": Case(
        "(oms.options.v1.public) = true",
        '(oms.options.v1.permission) = { name: "acme.orders.count" }',
        (("PERMISSION_TIGHTENED", "acme.v1.Orders.CountOrders"),),
    ),
    "held at the chain now": Case(
        _PLACE_ACCESS, 'permission) = { name: "acme.orders.place" }', (("PERMISSION_TIGHTENED", PLACE),)
    ),
    "another role": Case(
        'roles: "crew"', 'roles: "guest"', (("PERMISSION_LOOSENED", GET), ("PERMISSION_TIGHTENED", GET))
    ),
    "a field that anybody may set": Case(
        ' [(oms.options.v1.requires) = { name: "acme.orders.backdate" roles: "owner" }]',
        "",
        (("FIELD_ACCESS_LOOSENED", "acme.v1.PlaceOrderRequest.placed_at"),),
    ),
    "a field that needs a permission": Case(
        "  Order order = 2;",
        '  Order order = 2 [(oms.options.v1.requires) = { name: "a.b" }];',
        (("FIELD_ACCESS_TIGHTENED", "acme.v1.PlaceOrderRequest.order"),),
    ),
    "no longer sensitive": Case(
        " [(oms.options.v1.sensitive) = true]", "", (("SENSITIVE_REMOVED", f"{ORDER}.note"),)
    ),
    "a hook that combines in another way": Case(
        "COMBINE_FOLD", "COMBINE_ALL", (("HOOK_CHANGED", "acme.v1.OrderHooks.Adjust"),)
    ),
    "a hook with less time": Case(
        "deadline_ms: 150", "deadline_ms: 100", (("HOOK_CHANGED", "acme.v1.OrderHooks.Adjust"),)
    ),
    "a stream that begins anew": Case(
        '    option (oms.options.v1.cursor) = { request: "order_id" response: "order_id" };\n',
        "",
        (("CURSOR_CHANGED", "acme.v1.Orders.WatchOrders"),),
    ),
    "a stream with another cursor": Case(
        'request: "order_id" response: "order_id"',
        'request: "order_id" response: "table"',
        (("CURSOR_CHANGED", "acme.v1.Orders.WatchOrders"),),
    ),
    "a sunset that comes earlier": Case(
        '"2030-06-30"', '"2030-06-29"', (("SUNSET_EARLIER", "acme.v1.Orders.CloseOrder"),)
    ),
    "a sunset that comes later": Case('"2030-06-30"', '"2031-01-01"'),
    "no sunset any more": Case('    option (oms.options.v1.sunset) = "2030-06-30";\n', ""),
    "an event's name": Case("acme.order_placed", "acme.placed", (("EVENT_CHANGED", "acme.v1.OrderPlaced"),)),
    "an event's version": Case("version: 2", "version: 3", (("EVENT_CHANGED", "acme.v1.OrderPlaced"),)),
    "no event any more": Case(
        '  option (oms.options.v1.event) = { name: "acme.order_placed" version: 2 key: "order_id" };\n',
        "",
        (("EVENT_CHANGED", "acme.v1.OrderPlaced"),),
    ),
}
