"""Which types a generated module speaks of, and under which name it imports each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from oms_core.codegen import names
from oms_core.codegen.model import TypeName


@dataclass(frozen=True, slots=True)
class Import:
    """``from module import name as alias``; ``alias`` equals ``name`` where nothing else is called so."""

    module: str
    name: str
    alias: str

    def __str__(self) -> str:
        renamed = f" as {self.alias}" if self.alias != self.name else ""
        return f"from {self.module} import {self.name}{renamed}"


class Names:
    """The local names of types in one module: its own stay bare, and of two alike the foreign are renamed.

    So is a foreign type whose name is ``reserved``, because the module calls something else so.
    """

    def __init__(
        self,
        module: str,
        own: Iterable[TypeName],
        used: Iterable[TypeName],
        *,
        reserved: Collection[str] = (),
    ) -> None:
        self._module = module
        self._local = {type_name.full_name: type_name.python_name for type_name in own}
        foreign = sorted({t for t in used if t.full_name not in self._local}, key=lambda t: t.full_name)
        taken = list(self._local.values()) + [t.python_name for t in foreign]
        self.foreign = tuple(foreign)
        """The types from elsewhere, each once."""
        for type_name in foreign:
            clash = taken.count(type_name.python_name) > 1 or type_name.python_name in reserved
            self._local[type_name.full_name] = _qualified(type_name) if clash else type_name.python_name

    def __call__(self, type_name: TypeName) -> str:
        """Return the name by which the module calls a type."""
        return self._local[type_name.full_name]

    def imports(self, submodule: str) -> tuple[Import, ...]:
        """Return what brings the foreign types in, from ``submodule`` of their packages."""
        return tuple(Import(f"{t.module}.{submodule}", t.python_name, self(t)) for t in self.foreign)


def module_alias(module: str) -> str:
    """Return the name under which another package's ``wire`` is imported: ``oms_protos_types_v1``."""
    return module.replace(".", "_")


def names_constant(name: str) -> str:
    """Return the constant with an enum's names: ``NOTE_STATE_NAMES`` of ``NoteState``."""
    return f"{names.constant(name)}_NAMES"


def _qualified(type_name: TypeName) -> str:
    """Return ``EchoV1Line`` for ``Line`` of ``acme_protos.echo.v1``."""
    parts = type_name.module.split(".")[1:]
    return "".join(part.capitalize() for part in parts) + type_name.python_name
