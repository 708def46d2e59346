"""Reads a skill's contract from its source, without running it.

    python3 -I describe.py '{"folder", "entry", "schema"}'

Says what it does on stdout, a JSON value a line: {"error"}, or {"tools"}, {"late"} and {"done"}.
Where the author gives the schema, "schema" is null, and only the tools' names are read.
"""

import ast
import json
import os
import re
import sys

# With -I, Python does not look beside this file.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from imports import Modules, late, word

DEPTH_MAX = 24
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}\Z")
PLAIN = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
LIMITS = {
    "ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum",
    "minimum": "minimum", "maximum": "maximum", "pattern": "pattern", "format": "format",
    "min_length": "minLength", "max_length": "maxLength",
    "min_items": "minItems", "max_items": "maxItems",
}


class Refused(Exception):
    def __init__(self, message, hint, node=None, file=None):
        super().__init__(message)
        self.message, self.hint, self.node, self.file = message, hint, node, file


class Module:
    """One source file: its classes, its names for types, and what it imports from files beside it."""

    def __init__(self, path, folder, known):
        self.path, self.folder = path, folder
        self.file = os.path.relpath(path, folder)
        known[path] = self
        try:
            with open(path, encoding="utf-8") as source:
                self.tree = ast.parse(source.read(), path)
        except ValueError as error:
            raise Refused(f"the file cannot be read: {error}", "save it as UTF-8", None, self.file) from None
        except SyntaxError as error:
            place = ast.Pass(lineno=error.lineno or 1, col_offset=(error.offset or 1) - 1)
            raise Refused(f"syntax error: {error.msg}", "mend the line", place, self.file) from None
        self.classes, self.aliases, self.imported = {}, {}, {}
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.aliases[node.targets[0].id] = node.value
            elif isinstance(node, ast.ImportFrom):
                self.take(node, known)

    def take(self, node, known):
        beside = os.path.join(os.path.dirname(self.path), *(node.module or "").split("."))
        path = f"{beside}.py"
        if not os.path.isfile(path):
            return
        other = known.get(path) or Module(path, self.folder, known)
        for name in node.names:
            self.imported[name.asname or name.name] = (other, name.name)

    def find(self, name):
        if name in self.classes or name in self.aliases:
            return self, name
        if name in self.imported:
            other, inner = self.imported[name]
            return other.find(inner)
        return None, name


def schema(node, module, where, depth=0):
    """Returns the JSON Schema of a type hint."""
    if depth > DEPTH_MAX:
        raise Refused(f"{where} contains itself", "a contract has no references: give it a depth", node, module.file)
    refused = Refused(f"{where} has the type `{ast.unparse(node)}`, which is no JSON that can be told",
                      "use str, int, float, bool, list, dict, Literal, a TypedDict or a dataclass", node, module.file)
    deeper = depth + 1
    if isinstance(node, ast.Constant):
        if node.value is None:
            return {"type": "null"}
        if isinstance(node.value, str):
            return schema(ast.copy_location(ast.parse(node.value, mode="eval").body, node), module, where, deeper)
        raise refused
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return union([node.left, node.right], module, where, deeper)
    if isinstance(node, ast.Subscript):
        return generic(node, module, where, deeper, refused)
    name = word(node)
    if name in PLAIN:
        return {"type": PLAIN[name]}
    if name in ("list", "List"):
        return {"type": "array"}
    if name in ("dict", "Dict"):
        return {"type": "object"}
    if name in ("Any", "object"):
        return {}
    owner, inner = module.find(name) if name else (None, None)
    if owner and inner in owner.classes:
        return record(owner.classes[inner], owner, where, deeper)
    if owner:
        return schema(owner.aliases[inner], owner, where, deeper)
    raise refused


def generic(node, module, where, depth, refused):
    name = word(node.value)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in ("list", "List", "Sequence"):
        return {"type": "array", "items": schema(inner[0], module, where, depth)}
    if name in ("dict", "Dict", "Mapping"):
        return {"type": "object", "additionalProperties": schema(inner[1], module, where, depth)}
    if name in ("tuple", "Tuple"):
        items = [schema(one, module, where, depth) for one in inner]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if name == "Optional":
        return union([inner[0], ast.Constant(None)], module, where, depth)
    if name == "Union":
        return union(inner, module, where, depth)
    if name in ("Required", "NotRequired"):
        return schema(inner[0], module, where, depth)
    if name == "Literal":
        values = [ast.literal_eval(one) for one in inner]
        kinds = {type(value) for value in values}
        kind = {"type": PLAIN[kinds.pop().__name__]} if len(kinds) == 1 and None not in values else {}
        return {**kind, "enum": values}
    if name == "Annotated":
        return annotated(inner, module, where, depth)
    raise refused


def annotated(inner, module, where, depth):
    found = schema(inner[0], module, where, depth)
    for more in inner[1:]:
        if isinstance(more, ast.Constant) and isinstance(more.value, str):
            found = {"description": more.value, **found}
        elif isinstance(more, ast.Call):
            for keyword in more.keywords:
                if keyword.arg in LIMITS:
                    found[LIMITS[keyword.arg]] = ast.literal_eval(keyword.value)
        elif isinstance(more, ast.Dict):
            found.update(ast.literal_eval(more))
    return found


def union(nodes, module, where, depth):
    flat = []
    for node in nodes:
        flat.extend([node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) else [node])
    parts = [schema(node, module, where, depth) for node in flat]
    nullable = {"type": "null"} in parts
    rest = [part for part in parts if part != {"type": "null"}]
    found = rest[0] if len(rest) == 1 else {"anyOf": rest}
    if not nullable:
        return found
    if isinstance(found.get("type"), str) and "enum" not in found:
        return {**found, "type": [found["type"], "null"]}
    return {"anyOf": [found, {"type": "null"}]}


def record(node, module, where, depth):
    """A TypedDict or a dataclass, as a closed object. A string under a field describes it."""
    properties, required = {}, []
    total = not any(word.arg == "total" and ast.literal_eval(word.value) is False for word in node.keywords)
    for at, field in enumerate(node.body):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        name = field.target.id
        found = schema(field.annotation, module, f"{where}.{name}", depth)
        after = node.body[at + 1] if at + 1 < len(node.body) else None
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            found = {"description": " ".join(after.value.value.split()), **found}
        properties[name] = found
        optional = isinstance(field.annotation, ast.Subscript) and word(field.annotation.value) == "NotRequired"
        if total and field.value is None and not optional:
            required.append(name)
    if not properties:
        raise Refused(f"{where} has the type `{node.name}`, which has no fields", "make it a TypedDict or a dataclass", node, module.file)
    return {"type": "object", "properties": properties, **({"required": required} if required else {}),
            "additionalProperties": False}


def documented(function):
    """Returns a docstring's prose, and what it says of each argument (`name: words`, below `Args:`)."""
    text = ast.get_docstring(function) or ""
    prose, _, arguments = text.partition("\nArgs:\n")
    told, last = {}, None
    for line in arguments.splitlines():
        if not line.startswith(" "):
            break
        found = re.match(r"\s+(\w+)(?: \([^)]*\))?: (.*)", line)
        if found:
            last = found[1]
            told[last] = found[2].strip()
        elif last:
            told[last] += " " + line.strip()
    paragraphs = [" ".join(part.split()) for part in prose.split("\n\n")]
    return "\n\n".join(part for part in paragraphs if part), told


def callable_as(function, decorator, module):
    """Returns a tool's name and the decorator's options, where the host can call it at all."""
    options = {one.arg: one.value for one in decorator.keywords} if isinstance(decorator, ast.Call) else {}
    name = ast.literal_eval(options["name"]) if "name" in options else function.name
    if not NAME.match(name):
        raise Refused(f"`{name}` is no tool's name", "letters, digits, _ and -, at most 64", function, module.file)
    if isinstance(function, ast.AsyncFunctionDef):
        raise Refused(f"the tool `{name}` is async", "make it an ordinary function", function, module.file)
    if function.args.posonlyargs or function.args.vararg or function.args.kwarg:
        raise Refused(f"the tool `{name}` takes arguments without names", "give every argument a name and a type", function, module.file)
    return name, options


def tool(function, decorator, module):
    name, options = callable_as(function, decorator, module)
    description, told = documented(function)
    if not description:
        raise Refused(f"the tool `{name}` has no docstring", "say in it what the tool does: a model reads it", function, module.file)
    properties, required = {}, []
    pairs = [(one, None) for one in function.args.args]
    for at, default in enumerate(reversed(function.args.defaults)):
        pairs[-1 - at] = (pairs[-1 - at][0], default)
    pairs += list(zip(function.args.kwonlyargs, function.args.kw_defaults))
    for argument, default in pairs:
        where = f"{name}({argument.arg})"
        if argument.annotation is None:
            raise Refused(f"{where} has no type", f"write {argument.arg}: str", argument, module.file)
        found = schema(argument.annotation, module, where)
        if argument.arg in told:
            found = {"description": told[argument.arg], **found}
        if default is None:
            required.append(argument.arg)
        else:
            try:
                value = ast.literal_eval(default)
            except ValueError:
                raise Refused(f"the default of {where} is no plain value", "write the value itself", default, module.file) from None
            if value is not None:
                found["default"] = value
        properties[argument.arg] = found
    if function.returns is None:
        raise Refused(f"the tool `{name}` does not say what it returns", "write -> dict[str, str], or a TypedDict", function, module.file)
    entry = {
        "name": name,
        "description": description,
        "input_schema": {"type": "object", "properties": properties, **({"required": required} if required else {}),
                         "additionalProperties": False},
        "output_schema": schema(function.returns, module, f"{name}'s answer"),
    }
    if "errors" in options:
        entry["errors"] = errors(options["errors"], module)
    return entry


def plain(node, module):
    """Returns a plain value: literals, names of such in this module or one beside it, and `{**OTHER}`."""
    if word(node):
        owner, name = module.find(word(node))
        if owner is None or name not in owner.aliases:
            raise ValueError(word(node))
        return plain(owner.aliases[name], owner)
    if isinstance(node, ast.Tuple):
        return tuple(plain(item, module) for item in node.elts)
    if isinstance(node, ast.Dict):
        table = {}
        for key, value in zip(node.keys, node.values):
            table.update(plain(value, module) if key is None else {plain(key, module): plain(value, module)})
        return table
    return ast.literal_eval(node)


def errors(node, module):
    try:
        table = plain(node, module)
    except ValueError:
        table = None
    if not isinstance(table, dict):
        raise Refused("`errors` is no plain table", 'write errors={"NOT_FOUND": "No order has this number."}', node, module.file)
    found = []
    for code, said in table.items():
        description, retry = (said, "never") if isinstance(said, str) else (said[0], said[1])
        found.append({"code": code, "description": description, "retry": retry})
    return found


def is_tool(decorator):
    return word(decorator.func if isinstance(decorator, ast.Call) else decorator) == "tool"


def functions(entry, folder):
    """Yields each tool's function, its decorator and its module: of all modules that are loaded."""
    known = {}
    Module(entry, folder, known)
    for loaded in Modules(entry).loaded.values():
        if loaded.path not in known:
            Module(loaded.path, folder, known)
    for module in list(known.values()):
        for node in module.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for decorator in filter(is_tool, node.decorator_list):
                    yield node, decorator, module


def contract(entry, folder, given):
    """Returns the contract, which is empty where the author gives it, and where each tool stands."""
    tools, places = [], []
    for function, decorator, module in functions(entry, folder):
        name, _ = callable_as(function, decorator, module)
        places.append({"name": name, "file": module.file, "line": function.lineno, "column": function.col_offset + 1})
        if not given:
            tools.append(tool(function, decorator, module))
    if not places:
        raise Refused("there is no tool", "put @tool above a function: from hotcell import tool", None, os.path.relpath(entry, folder))
    return {"tools": tools}, places


def main():
    job = json.loads(sys.argv[1])
    try:
        found, places = contract(job["entry"], job["folder"], given=job["schema"] is None)
    except Refused as refused:
        place = {"file": refused.file, "message": refused.message, "hint": refused.hint}
        if refused.node is not None and hasattr(refused.node, "lineno"):
            place.update(line=refused.node.lineno, column=refused.node.col_offset + 1)
        print(json.dumps({"error": [place]}))
        return 1
    if job["schema"]:
        with open(job["schema"], "w", encoding="utf-8") as file:
            file.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps({"tools": places}))
    print(json.dumps({"late": late(job["entry"], job["folder"])}))
    print(json.dumps({"done": len(places)}))
    return 0


sys.exit(main())
