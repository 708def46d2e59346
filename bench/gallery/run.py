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


builtins.open = open_below
SourceFileLoader.source_to_code = code_of

import skill  # noqa: E402, F401
from hotcell import TOOLS  # noqa: E402

print(json.dumps(TOOLS[tool](**json.load(sys.stdin))))
