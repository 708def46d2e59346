"""Lets a skill edit a file with the Python client `mcp`, answering what it is asked, and prints what
it saw as one line of JSON.

Usage: approve.py ERA ANSWER (COMMAND ARGUMENT… | URL)

ERA is `legacy` (2025-11-25) or a revision such as 2026-07-28. ANSWER is what a person would choose.
The skill is `file-ops`.
"""

import json
import sys
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult

EDIT = {"path": "a.md", "edits": [{"find": "one", "replace": "ONE"}]}


async def run(era: str, chosen: str, server: Any) -> dict[str, Any]:
    asked: list[Any] = []

    async def answer(context: Any, params: Any) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content={"answer": chosen})

    client = Client(server, mode=era, elicitation_callback=answer, read_timeout_seconds=120)
    async with client:
        named = {"skill": "file-ops", "tool": "edit_file", "arguments": EDIT}
        made = await client.call_tool("call_tool", named)
        return {"asked": asked, "outcome": made.meta["hotcell/outcome"]}


def main() -> None:
    era, chosen, *server = sys.argv[1:]
    at: Any = server[0]
    if not at.startswith("http"):
        at = StdioServerParameters(command=server[0], args=server[1:])
    print(json.dumps(anyio.run(run, era, chosen, at)))


if __name__ == "__main__":
    main()
