"""One call of a skill's tool as a program of its own: run.py FOLDER SDK SITE TOOL < INPUT"""

import __future__

import builtins
import json
import os
import sys
from importlib.machinery import SourceFileLoader

folder, sdk, site, tool = sys.argv[1:]
sys.path[:0] = [f"{folder}/src", sdk, site]
opened = builtins.open


def open_below(file, *arguments, **named):
    if isinstance(file, str) and file.startswith(("/in/", "/out/", "/skill/")):
        file = os.environ["SKILL_ROOT"] + file
    return opened(file, *arguments, **named)


def code_of(self, data, path, *, _optimize=-1):
    # Hints stay texts, so that an older Python reads them too.
    flags = __future__.annotations.compiler_flag if path.startswith(folder) else 0
    return compile(data, path, "exec", flags, dont_inherit=True, optimize=_optimize)


def send(method, url, headers, body):
    """As a client without a broker sends: with a connection and the credential of its own."""
    headers = {**dict(headers), "authorization": f"Bearer {os.environ['TOKEN']}"}
    asked = urllib.request.Request(url, body or None, headers, method=method)
    with urllib.request.urlopen(asked) as answer:
        return answer.status, answer.getheaders(), answer.read()


builtins.open = open_below
SourceFileLoader.source_to_code = code_of

import hotcell  # noqa: E402

if "BASE_URL" in os.environ:
    import urllib.request

    import hotcell.http

    hotcell.http._send = send
    hotcell.settings.get = lambda key: os.environ.get(key.upper())
    hotcell.progress.report = lambda done, total=None, message="": None

import skill  # noqa: E402, F401

print(json.dumps(hotcell.TOOLS[tool](**json.load(sys.stdin))))
