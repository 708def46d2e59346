"""Requests, which the host's broker sends: it adds the credentials, and it may refuse."""

import dataclasses
import email.message
import http.client
import io
import json as json_module
import urllib.error
import urllib.parse
import urllib.request
import urllib.response

#: Most bytes that are read from a response: 32 MiB.
RESPONSE_BYTES_MAX = 32 << 20
_CHUNK = 65536
_WRITE = 4096


@dataclasses.dataclass
class Response:
    """A response, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Returns the body as JSON."""
        return json_module.loads(self.body)

    def text(self) -> str:
        """Returns the body as UTF-8."""
        return self.body.decode()


class RequestError(urllib.error.URLError):
    """The request was refused, or got no answer."""


def request(method, url, *, headers=None, body=None, json=None) -> Response:
    """Sends a request and returns the response, of whatever status."""
    headers = dict(headers or {})
    if json is not None:
        body = json_module.dumps(json).encode()
        headers.setdefault("content-type", "application/json")
    status, pairs, data = _send(method, url, list(headers.items()), body or b"")
    return Response(status, {name.lower(): value for name, value in pairs}, data)


def get(url, *, headers=None) -> Response:
    """Sends a GET."""
    return request("GET", url, headers=headers)


def post(url, *, headers=None, body=None, json=None) -> Response:
    """Sends a POST."""
    return request("POST", url, headers=headers, body=body, json=json)


def install():
    """Makes `urllib.request.urlopen` send by the host."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Handler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    urllib.request.install_opener(opener)


class _Handler(urllib.request.BaseHandler):
    def http_open(self, asked):
        return self._open(asked)

    def https_open(self, asked):
        return self._open(asked)

    def _open(self, asked):
        data = asked.data or b""
        if not isinstance(data, (bytes, bytearray)):
            data = b"".join(data)
        headers = [(name, value) for name, value in asked.header_items() if name.lower() != "host"]
        if data and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        status, pairs, body = _send(asked.get_method(), asked.full_url, headers, bytes(data))
        message = email.message.Message()
        for name, value in pairs:
            message[name] = value
        answer = urllib.response.addinfourl(io.BytesIO(body), message, asked.full_url, status)
        answer.msg = http.client.responses.get(status, "")
        answer.reason = answer.msg
        return answer


def _method(types, method):
    named = {
        "GET": types.Method_Get,
        "HEAD": types.Method_Head,
        "POST": types.Method_Post,
        "PUT": types.Method_Put,
        "DELETE": types.Method_Delete,
        "OPTIONS": types.Method_Options,
        "PATCH": types.Method_Patch,
    }.get(method.upper())
    return named() if named else types.Method_Other(method)


def _outgoing(types, method, url, headers, body):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise RequestError(f"{url}: requests are http or https")
    pairs = [(name.lower(), value.encode("latin-1")) for name, value in headers]
    if body and not any(name == "content-length" for name, _ in pairs):
        pairs.append(("content-length", str(len(body)).encode()))
    asked = types.OutgoingRequest(types.Fields.from_list(pairs))
    asked.set_method(_method(types, method))
    asked.set_scheme(types.Scheme_Https() if parts.scheme == "https" else types.Scheme_Http())
    asked.set_authority(parts.netloc)
    path = parts.path or "/"
    asked.set_path_with_query(f"{path}?{parts.query}" if parts.query else path)
    return asked


def _send(method, url, headers, body):
    from componentize_py_types import Err
    from wit_world.imports import outgoing_handler, types

    try:
        asked = _outgoing(types, method, url, headers, body)
        outgoing = asked.body()
        coming = outgoing_handler.handle(asked, None)
        _write(types, outgoing, body)
        waiting = coming.subscribe()
        while (got := coming.get()) is None:
            waiting.block()
        waiting.__exit__(None, None, None)
        answer = got.value
        if isinstance(answer, Err):
            raise answer
        answer = answer.value
        fields = answer.headers()
        pairs = [(name, value.decode("latin-1")) for name, value in fields.entries()]
        return answer.status(), pairs, _read(answer)
    except Err as error:
        word = type(error.value).__name__.removeprefix("ErrorCode_")
        raise RequestError(f"{method} {url}: {word}") from None


def _write(types, outgoing, body):
    if body:
        with outgoing.write() as stream:
            for at in range(0, len(body), _WRITE):
                stream.blocking_write_and_flush(body[at : at + _WRITE])
    types.OutgoingBody.finish(outgoing, None)


def _read(answer):
    from componentize_py_types import Err
    from wit_world.imports import streams

    parts, size = [], 0
    with answer.consume() as body, body.stream() as stream:
        while True:
            try:
                part = stream.blocking_read(_CHUNK)
            except Err as error:
                if isinstance(error.value, streams.StreamError_Closed):
                    break
                raise RequestError("the response ended in the middle") from None
            size += len(part)
            if size > RESPONSE_BYTES_MAX:
                raise RequestError(f"the response has more than {RESPONSE_BYTES_MAX} bytes")
            parts.append(part)
    return b"".join(parts)
