"""Runs in WebAssembly behind the skill's own modules, where imports would come too late.

It says which of them the component will not have, by ending with a word that `hotcell build` looks
for; nothing is made then, and it is started again without this module.
"""

import _imp
import importlib.util
import sys

MARK = "hotcell: imports that come too late:"


def is_built_in(name):
    return name in sys.builtin_module_names or _imp.is_frozen(name)


def is_there(name, taken):
    module = sys.modules.get(name)
    if module is None:
        return is_built_in(name)
    return taken is None or hasattr(module, taken) or f"{name}.{taken}" in sys.modules


def could_be(name):
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:
        return False


def check(asked):
    """`asked` has a module, the name that is taken from it or None, and whether its lack is handled."""
    missing = []
    for at, (name, taken, guarded) in enumerate(asked):
        if not is_there(name, taken) and not (guarded and not could_be(name)):
            missing.append(at)
    if missing:
        raise SystemExit(f"{MARK} {missing}")
