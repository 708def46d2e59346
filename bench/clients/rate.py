"""Measures an MCP server over stdio with the Python client `mcp`.

Usage: rate.py CALLS IN_FLIGHT CALL COMMAND ARGUMENT…

CALL is `tools/call`'s params as JSON. Prints {"p50_us", "per_second"}: the median of calls one by
one, then the rate with IN_FLIGHT at one time.
"""

import json
import os
import sys
import time
from typing import Any

import anyio
from mcp import Client, StdioServerParameters


async def main() -> None:
    calls, in_flight, call = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    server = StdioServerParameters(command=sys.argv[4], args=sys.argv[5:], env=dict(os.environ))
    async with Client(server, mode="legacy") as client:

        async def one() -> float:
            begun = time.perf_counter()
            answer: Any = await client.call_tool(call["name"], call["arguments"])
            if answer.is_error:
                raise SystemExit(f"the server answered {answer}")
            return time.perf_counter() - begun

        for _ in range(calls // 10):
            await one()
        took = sorted([await one() for _ in range(calls)])
        left = calls

        async def worker() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await one()

        begun = time.perf_counter()
        async with anyio.create_task_group() as group:
            for _ in range(in_flight):
                group.start_soon(worker)
        per_second = calls / (time.perf_counter() - begun)
    print(json.dumps({"p50_us": took[len(took) // 2] * 1e6, "per_second": per_second}))


anyio.run(main)
