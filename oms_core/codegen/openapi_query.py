"""The query parameters of a route, fields of nested messages included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oms_core.codegen.known import KNOWN
from oms_core.codegen.model import Contract, Field, HttpBinding, Kind


def query_leaves(binding: HttpBinding, contract: Contract) -> Iterator[tuple[str, Field]]:
    """Give each parameter's name, such as ``filter.minPrice``, and its field.

    Left out is what no query can spell: lists and maps of messages, and a message inside itself.
    """
    taken = {capture.path for capture in binding.captures}
    yield from _leaves(binding.query, contract, taken, "", "", ())


def _leaves(  # noqa: PLR0917 - what a step down knows
    fields: Iterable[Field],
    contract: Contract,
    taken: set[str],
    path: str,
    spelled: str,
    above: tuple[str, ...],
) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if f"{path}{field.name}" in taken:
            continue
        inner = field.type_name.full_name if field.type_name and field.kind is Kind.MESSAGE else ""
        if not inner or inner in KNOWN:
            yield f"{spelled}{field.json_name}", field
        elif not field.repeated and inner not in above and inner in contract.messages:
            yield from _leaves(
                contract.messages[inner].fields,
                contract,
                taken,
                f"{path}{field.name}.",
                f"{spelled}{field.json_name}.",
                (*above, inner),
            )
