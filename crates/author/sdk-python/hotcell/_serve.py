"""Between the host and a skill's functions: JSON in, JSON out, typed failures."""

import dataclasses
import inspect
import json
import types
import typing

# What is loaded only when it is needed would not be there later: a component keeps the modules that
# were imported while it was made.
import base64
import datetime
import decimal
import encodings.ascii
import encodings.charmap
import encodings.cp1252
import encodings.idna
import encodings.iso8859_15
import encodings.latin_1
import encodings.utf_16
import encodings.utf_16_be
import encodings.utf_16_le
import encodings.utf_8_sig
import hashlib
import html
import re
import string
import textwrap
import urllib.error
import urllib.parse
import urllib.request
import uuid

import wit_world.imports.checkpoint
import wit_world.imports.credentials
import wit_world.imports.outgoing_handler
import wit_world.imports.poll
import wit_world.imports.progress
import wit_world.imports.store
import wit_world.imports.streams
import wit_world.imports.types
from componentize_py_types import Err
from wit_world.exports import tools as exports

import hotcell
from hotcell import http

http.install()


class Tools:
    """What the component exports."""

    def call(self, tool, arguments, context):
        function = hotcell.TOOLS.get(tool)
        if function is None:
            failure = hotcell.Failure("UNKNOWN_TOOL", f"The component has no tool {tool}.")
            raise Err(_failure(failure))
        hotcell._CONTEXT = hotcell.Context(
            context.invocation_id,
            context.correlation_id,
            context.idempotency_key,
            context.attempt,
            context.time_left_ms,
        )
        try:
            answer = function(**_arguments(function, json.loads(arguments)))
            return json.dumps(_plain(answer), ensure_ascii=False, allow_nan=False)
        except hotcell.Failure as failure:
            raise Err(_failure(failure)) from None


def _failure(failure):
    if failure.retry == "after-ms":
        retry = exports.Retry_AfterMs(failure.after_ms or 1000)
    elif failure.retry == "same-key":
        retry = exports.Retry_SameKey()
    else:
        retry = exports.Retry_Never()
    details = None if failure.details is None else json.dumps(failure.details)
    return exports.Failure(failure.code, failure.message, retry, details)


def _arguments(function, given):
    hints = typing.get_type_hints(function)
    names = inspect.signature(function).parameters
    return {name: _made(hints.get(name), value) for name, value in given.items() if name in names}


def _made(hint, value):
    """Makes dataclasses of what is JSON; all else is as it came."""
    if value is None or hint is None:
        return value
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = typing.get_type_hints(hint)
        return hint(**{name: _made(hints.get(name), inner) for name, inner in value.items()})
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _made(inner[0], value)
    if origin is list and isinstance(value, list):
        return [_made(inner[0], item) for item in value]
    if origin is dict and isinstance(value, dict):
        return {key: _made(inner[1], item) for key, item in value.items()}
    if origin in (typing.Union, types.UnionType):
        rest = [one for one in inner if one is not type(None)]
        if len(rest) == 1:
            return _made(rest[0], value)
    return value


def _plain(value):
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
