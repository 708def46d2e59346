"""Drives an MCP server with the Python client `mcp`, and prints what it saw as one line of JSON.

Usage: session.py ERA (COMMAND ARGUMENT… | URL)

ERA is `legacy` (2025-11-25) or a revision such as 2026-07-28. The skills are `tax-check`,
`quote-docx` and `intruder`. The client itself holds each result to the tool's output schema.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "skills-examples"


def example(path: str) -> Any:
    return json.loads((EXAMPLES / path).read_text())


class Session:
    def __init__(self, era: str, server: Any) -> None:
        self.heard: list[str] = []
        self.changed = anyio.Event()
        self.client = Client(server, mode=era, message_handler=self.hear, read_timeout_seconds=120)
        self.seen: dict[str, Any] = {}

    async def hear(self, message: Any) -> None:
        method = getattr(getattr(message, "root", message), "method", type(message).__name__)
        self.heard.append(method)
        if method == "notifications/tools/list_changed":
            self.changed.set()

    async def call(self, skill: str, tool: str, arguments: Any, **how: Any) -> Any:
        named = {"skill": skill, "tool": tool, "arguments": arguments}
        return await self.client.call_tool("call_tool", named, **how)

    async def run(self) -> dict[str, Any]:
        async with self.client as client:
            self.seen["version"] = str(client.protocol_version)
            self.seen["before"] = await self.tools()
            await self.load(client)
            await self.document(client)
            await self.progress_and_cancel(client)
            listed = await client.list_prompts()
            self.seen["prompts"] = [prompt.name for prompt in listed.prompts]
        self.seen["heard"] = self.heard
        return self.seen

    async def tools(self) -> list[str]:
        listed = await self.client.list_tools(cache_mode="bypass")
        return [tool.name for tool in listed.tools]

    async def load(self, client: Client) -> None:
        loaded = await client.call_tool("load_skill", {"skill": "tax-check"})
        self.seen["instructions"] = loaded.content[0].text
        invoice = example("tax-check/examples/faulty.json")
        if client.protocol_version == "2025-11-25":
            with anyio.fail_after(60):
                await self.changed.wait()
            self.seen["after"] = await self.tools()
            name = next(name for name in self.seen["after"] if name.endswith("check_invoice"))
            checked = await client.call_tool(name, invoice)
        else:
            checked = await self.call("tax-check", "check_invoice", invoice)
        self.seen["checked"] = checked.structured_content

    async def document(self, client: Client) -> None:
        made = await self.call("quote-docx", "make_quote", example("quote-docx/examples/office.json"))
        link = next(block for block in made.content if block.type == "resource_link")
        read = await client.read_resource(str(link.uri))
        document = base64.b64decode(read.contents[0].blob)
        self.seen["quote"] = made.structured_content
        self.seen["document"] = {
            "bytes": len(document),
            "sha256": hashlib.sha256(document).hexdigest(),
            "media_type": read.contents[0].mime_type,
            "listed_bytes": link.size,
            "base64": read.contents[0].blob,
        }

    async def progress_and_cancel(self, client: Client) -> None:
        notes: list[Any] = []

        async def told(done: float, total: float | None, message: str | None) -> None:
            notes.append([done, total])
            scope.cancel()

        with anyio.CancelScope() as scope:
            await self.call("intruder", "wait", {}, progress_callback=told)
        self.seen["progress"] = notes
        echoed = await self.call("intruder", "echo", {"a": 1})
        self.seen["echoed"] = echoed.structured_content


def main() -> None:
    era, *server = sys.argv[1:]
    at: Any = server[0]
    if not at.startswith("http"):
        at = StdioServerParameters(command=server[0], args=server[1:])
    print(json.dumps(anyio.run(Session(era, at).run)))


if __name__ == "__main__":
    main()
