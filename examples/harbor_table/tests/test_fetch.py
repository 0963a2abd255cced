"""The stand-in for curl sends what it is told and prints what comes back."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from harbor_table.server_process import free_ports


async def test_it_speaks_as_curl_would() -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"{}"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ntada")
        await writer.drain()
        writer.close()

    (port,) = free_ports(1)
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        arguments = [
            "-s",
            "-X",
            "POST",
            "-H",
            "Idempotency-Key: k:1",
            "-d",
            "{}",
            f"http://127.0.0.1:{port}/v1/x",
        ]
        command = [sys.executable, "-m", "harbor_table.fetch", *arguments]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        printed, _ = await process.communicate()
    assert printed == b"tada"
    assert heard[0].startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert b"idempotency-key: k:1\r\n" in heard[0].lower()
