"""What a skill in Python has of its host.

A tool is a function with type hints and a docstring:

    from hotcell import tool, Failure

    @tool(errors={"NOT_FOUND": "No order has this number."})
    def find_order(number: str) -> dict[str, str]:
        \"\"\"Finds an order by its number.\"\"\"

Requests go by `urllib.request`, or `hotcell.http`; either way the host's broker sends them. Files
are ordinary files under /skill, /in, /out and /tmp.
"""

import dataclasses
import json

__all__ = [
    "Context",
    "Failure",
    "checkpoint",
    "context",
    "credentials",
    "progress",
    "settings",
    "tool",
]

#: The tools of this skill, by name.
TOOLS = {}


class Failure(Exception):
    """A failure that the tool's contract declares.

    `retry` is "never", "same-key" or "after-ms"; `after_ms` is the time to wait, and `details` is any JSON value.
    """

    def __init__(self, code, message, *, retry="never", after_ms=None, details=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry = "after-ms" if after_ms is not None else retry
        self.after_ms = after_ms
        self.details = details


@dataclasses.dataclass(frozen=True)
class Context:
    """What the host tells a tool about the call that it serves."""

    invocation_id: str
    correlation_id: str
    idempotency_key: str | None
    attempt: int
    time_left_ms: int


_CONTEXT = None


def context() -> Context:
    """Returns the context of the call that is under way."""
    if _CONTEXT is None:
        raise RuntimeError("there is no call under way")
    return _CONTEXT


def tool(function=None, *, name=None, errors=None):
    """Makes a function a tool. `errors` are the codes that it may fail with, each with a sentence."""

    def keep(function):
        TOOLS[name or function.__name__] = function
        return function

    return keep(function) if function is not None else keep


class progress:
    """How a long call tells how far it has come."""

    @staticmethod
    def report(done: int, total: int | None = None, message: str = "") -> None:
        """Reports that `done` of `total` units are finished. Never fails."""
        from wit_world.imports import progress as host

        host.report(done, total, message)


class checkpoint:
    """State that outlives a crash: one JSON value of one call."""

    @staticmethod
    def save(state) -> bool:
        """Saves a JSON value; `False` where this call keeps no checkpoints."""
        from componentize_py_types import Err
        from wit_world.imports import checkpoint as host

        try:
            host.save(json.dumps(state).encode())
        except Err as error:
            if error.value == host.Error.UNAVAILABLE:
                return False
            raise ValueError("the checkpoint is too large") from None
        return True

    @staticmethod
    def load():
        """Returns the value last saved; `None` where there is none."""
        from wit_world.imports import checkpoint as host

        state = host.load()
        return None if state is None else json.loads(state)


class settings:
    """Settings that the operator gave this skill."""

    @staticmethod
    def get(key: str) -> str | None:
        """Returns the value of a setting; `None` where it is not set."""
        from wit_world.imports import store

        return store.get(key)

    @staticmethod
    def all() -> dict[str, str]:
        """Returns all settings."""
        from wit_world.imports import store

        return dict(store.get_all())


class credentials:
    """What a skill may know of credentials: that they are there, never what they are."""

    @staticmethod
    def status(name: str) -> str:
        """Returns "granted", "not-granted", "suspended" or "undeclared"."""
        from wit_world.imports import credentials as host

        return host.status(name).name.lower().replace("_", "-")

    @staticmethod
    def last_denial() -> tuple[str, int | None] | None:
        """Returns the code of the last refused request of this call, and after how long to ask again."""
        from wit_world.imports import credentials as host

        denial = host.last_denial()
        return None if denial is None else (denial.code, denial.retry_after_ms)
