"""Finds the imports that come too late: those inside of a function.

A component keeps the modules that were imported while it was made. What a function imports when it
is called is there only if it was imported before, by whomever: that is asked of the guest itself
(`late.py`); here is read which imports there are.
"""

import ast
import os

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)
#: What can hold a statement. Expressions cannot, and may be deep.
HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)
#: Whoever handles these knows that a module may be missing.
HANDLED = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
MODULES_MAX = 1_000


def word(node):
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def never_runs(test):
    """Whether a branch is for type checkers or programs: `if TYPE_CHECKING`, `if __name__ == …`."""
    return word(test) == "TYPE_CHECKING" or (isinstance(test, ast.Compare) and word(test.left) == "__name__")


def handles_missing(node):
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or word(kind) in HANDLED for kind in kinds):
            return True
    return False


def imports(node, inside=False, guarded=False):
    """Yields each import that may run, whether it stands in a function, and whether its failure is handled."""
    if isinstance(node, IMPORTS):
        yield node, inside, guarded
        return
    if isinstance(node, ast.If) and never_runs(node.test):
        for inner in node.orelse:
            yield from imports(inner, inside, guarded)
        return
    inside = inside or isinstance(node, FUNCTIONS)
    tried = node.body if isinstance(node, ast.Try) and handles_missing(node) else []
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, HOLDERS):
            yield from imports(inner, inside, guarded or inner in tried)


class Module:
    """A module of the skill's own."""

    def __init__(self, name, path):
        self.name, self.path = name, path
        try:
            with open(path, encoding="utf-8") as source:
                self.found = list(imports(ast.parse(source.read(), path)))
        except (SyntaxError, ValueError):
            # Whoever reads the contract says what is wrong.
            self.found = []

    def asked(self, node):
        """Yields the modules that an import asks for, each with the name that it takes from there."""
        if isinstance(node, ast.Import):
            yield from ((one.name, None) for one in node.names)
            return
        base = node.module or ""
        if node.level:
            is_package = os.path.basename(self.path) == "__init__.py"
            parts = self.name.split(".")
            parts = parts[: len(parts) - node.level + is_package]
            base = ".".join(parts + ([node.module] if node.module else []))
        if base:
            yield from ((base, None if one.name == "*" else one.name) for one in node.names)


class Modules:
    """The skill's own modules that are loaded while its component is made."""

    def __init__(self, entry):
        self.sources = os.path.dirname(entry)
        self.loaded = {}
        self.load(os.path.splitext(os.path.basename(entry))[0])

    def path(self, name):
        beside = os.path.join(self.sources, *name.split("."))
        places = (os.path.join(beside, "__init__.py"), f"{beside}.py")
        return next((place for place in places if os.path.isfile(place)), None)

    def load(self, name):
        waiting = [name]
        while waiting and len(self.loaded) < MODULES_MAX:
            name = waiting.pop()
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                waiting.extend(self.load_one(".".join(parts[:end])))

    def load_one(self, name):
        """Loads one module, and returns those that it asks for."""
        path = self.path(name)
        if name in self.loaded or path is None:
            return []
        module = self.loaded[name] = Module(name, path)
        asked = [one for node, inside, _ in module.found if not inside for one in module.asked(node)]
        return [inner for base, taken in asked for inner in ([base, f"{base}.{taken}"] if taken else [base])]


def late(entry, folder):
    """Returns the imports inside of functions, each with its place."""
    told = []
    for module in Modules(entry).loaded.values():
        for node, inside, guarded in module.found:
            if not inside:
                continue
            for name, taken in module.asked(node):
                told.append({
                    "file": os.path.relpath(module.path, folder),
                    "line": node.lineno,
                    "column": node.col_offset + 1,
                    "module": name,
                    "name": taken,
                    "guarded": guarded,
                })
    return told
