"""Code that other generators make of the same contracts: google's, protobuf-py's and betterproto2's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import google.api
import grpc_tools

from benchmarks.load import Failed

ROOT = Path(__file__).parents[1]
FIRST_PARTY = ROOT / "protos"
GOOGLE, PROTOBUF_PY, BETTERPROTO2 = "google protobuf", "protobuf-py", "stock betterproto2"
OURS = "ours"
OTHERS = {GOOGLE: "python", PROTOBUF_PY: "py", BETTERPROTO2: "python_betterproto2"}
"""What protoc calls the output of each; it finds the program by that name."""
_OUTPUTS = {**OTHERS, OURS: "oms"}

_INCLUDES = (
    FIRST_PARTY,
    ROOT / "oms_core" / "codegen" / "protos",
    Path(grpc_tools.__path__[0]) / "_proto",
    Path(google.api.__path__[0]).parents[1],
)


def orders_protos() -> list[str]:
    """Return the contract of orders with all that it imports and no distribution has code for."""
    own = [f"oms/{name}.proto" for name in ("orders/v1/orders", "orders/v1/hooks", "types/v1/money")]
    # protobuf-py's code imports that of the options, too.
    return [*own, "oms/options/v1/options.proto", "google/api/annotations.proto", "google/api/http.proto"]


def generate_with(
    who: str,
    protos: Iterable[str],
    target: Path,
    *,
    descriptors: Path | None = None,
    includes: Sequence[Path] = _INCLUDES,
    options: str = "",
) -> Path:
    """Leave the code for ``protos`` in ``target``, in a process of protoc's own; returns ``target``.

    The files come out of a descriptor set where there is one, and else out of the folders ``includes``.
    """
    target.mkdir(parents=True, exist_ok=True)
    output = _OUTPUTS[who]
    program = Path(sys.executable).with_name(f"protoc-gen-{output}")
    command = [sys.executable, "-m", "grpc_tools.protoc", f"--{output}_out={target}"]
    command += [f"--plugin={program}"] if program.exists() else []
    command += [f"--descriptor_set_in={descriptors}"] if descriptors else [f"-I{path}" for path in includes]
    command += [f"--{output}_opt={options}"] if options else []
    done = subprocess.run([*command, *protos], capture_output=True, text=True, check=False, env=_environ())
    if done.returncode:
        raise Failed(f"{who} generates nothing from the contract:\n{done.stderr}")
    return target


def _environ() -> dict[str, str]:
    """Return an environment in which betterproto2's compiler finds ruff, which it runs by name."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
