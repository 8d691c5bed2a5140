"""A server of Twirp whose methods do as a request says, on the standard library's WSGI server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_WR
from socketserver import TCPServer, ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from lkproto import Field, Message, TwirpError, fields_of, twirp_wsgi

from .arguments import Args, DeclinedError

# That a method raises is a result here, not an error on stderr.
logging.getLogger("lkproto").addHandler(logging.NullHandler())

_Behaviour = Callable[[Message, Message], Message | None]


class Server:
    """A server of a service, in threads, until it is closed."""

    def __init__(self, served: object) -> None:
        self._app = twirp_wsgi(served)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.set_app(self._app)
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        """Scheme and authority."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening, and wait for what is being answered."""
        self._server.shutdown()
        self._server.server_close()
        self._app.close()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind, and ask no resolver for the name of the machine."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()

    def shutdown_request(self, request: Any) -> None:
        """Read what is still to come: to close before that resets the connection."""
        with suppress(OSError):
            request.settimeout(2)
            request.shutdown(SHUT_WR)
            while request.recv(65536):
                pass
        self.close_request(request)


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def behaving(service: Any, args: Args) -> SimpleNamespace:
    """An implementation of a service. Raises DeclinedError, and ValueError for a wrong code."""
    behave = _behaviour(args)

    def method_of(method: Any) -> Callable[[Any, Any], Any]:
        return lambda request, _: behave(request, method.output_type.from_bytes(b""))

    return SimpleNamespace(**{each.python_name: method_of(each) for each in service})


def _behaviour(args: Args) -> _Behaviour:
    name, _, value = args["behaviour"].partition(":")
    if name == "error":
        return _failing(TwirpError(value, args.get("msg", ""), args.get("meta")))
    if name == "slow":
        return _after(int(value) / 1000)
    found = _BEHAVIOURS.get(name)
    if found is None:
        raise DeclinedError(f"no behaviour {args['behaviour']}")
    return found


def _after(seconds: float) -> _Behaviour:
    def wait(request: Message, response: Message) -> Message:
        time.sleep(seconds)
        return _echo(request, response)

    return wait


def _failing(error: Exception) -> _Behaviour:
    def fail(*_: Message) -> Message:
        raise error

    return fail


def _echo(request: Message, response: Message) -> Message:
    """The response with the scalars that it shares with the request by name and type."""
    given = {field.proto_name: field for field in fields_of(request.__class__)}
    for field in fields_of(response.__class__):
        same = given.get(field.proto_name)
        if (
            same is not None
            and _type(field) is not None
            and _type(field) == _type(same)
        ):
            value = getattr(request, same.name)
            if value is not None and (value or same.presence != "implicit"):
                setattr(response, field.name, value)
    return response


def _type(field: Field) -> Any:
    """The type of a scalar; None for a message, a list or a map."""
    if field.presence in ("repeated", "map") or field.kind in ("message", "group"):
        return None
    return field.type if field.kind == "enum" else field.kind


_BEHAVIOURS: dict[str, _Behaviour] = {
    "echo": _echo,
    "panic": _failing(RuntimeError("as asked")),
    "nil": lambda _, _response: None,
}
