"""The HTTP server: addresses to functions, bounds on what strangers send, errors as JSON with their code.

Whatever is asked is answered from memory: nothing is written, and no other host is asked.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import MinilatError
from kg.serve import asked, card, extend, reconcile, suggest
from kg.serve.manifest import PATH, manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from kg.serve.known import Known

LARGEST: Final = 1024 * 1024
"""Bytes of a body."""
LINE: Final = 64 * 1024
"""Bytes of the head of a request: an address with a batch in it is long."""
SLOW: Final = 10.0
"""Seconds in which a body must have come."""
SECONDS: Final = 20.0
"""Seconds in which an answer must be ready."""
AT_ONCE: Final = 4
"""Requests that are worked on at one time; others wait."""
CONNECTIONS: Final = 64
FIELDS: Final = 16
STATUS: Final = {"E213": 413, "E214": 404, "E215": 405, "E217": 503, "E218": 408, "E219": 415}
"""The status of an error; of any other it is 400."""
_FORM: Final = "application/x-www-form-urlencoded"
_ADDRESS: Final = re.compile(r"https?://[\w.:\[\]-]+(?:/[\w.~/-]*)?", re.ASCII)
_SAFE: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_HTML: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

Fields = dict[str, str]


@dataclass(frozen=True)
class Service:
    """What is served, and at which address."""

    known: Known
    base: str

    def reconcile(self, fields: Fields) -> dict[str, Any]:
        """The answer at the endpoint: to ``queries``, to ``extend``, or the manifest."""
        if "queries" in fields and "extend" in fields:
            raise MinilatError("E212", "queries and extend at once", hint="send one of the two")
        if "queries" in fields:
            end = time.monotonic() + SECONDS

            def go_on() -> None:  # nobody waits any more, and a thread cannot be stopped from outside
                if time.monotonic() > end:
                    raise _late()

            return reconcile.batch(self.known, asked.batch(fields["queries"]), go_on)
        if "extend" in fields:
            return extend.rows(self.known, asked.extension(fields["extend"], self.known.languages))
        if other := sorted(fields.keys() - {"callback"}):
            raise MinilatError("E212", f"no parameter {other[0]!r}", hint="send queries={…} or extend={…}")
        return manifest(self.known, self.base)

    def suggest_entity(self, fields: Fields) -> dict[str, Any]:
        """Entities that begin as ``prefix`` says."""
        return suggest.entities(self.known, *_typed(fields))

    def suggest_property(self, fields: Fields) -> dict[str, Any]:
        """Properties that do."""
        return suggest.properties(*_typed(fields))

    def suggest_type(self, fields: Fields) -> dict[str, Any]:
        """Types that do."""
        return suggest.types(self.known, *_typed(fields))

    def properties(self, fields: Fields) -> dict[str, Any]:
        """The properties to fetch for a ``type``."""
        most = asked.count(fields.get("limit") or str(extend.USUAL), "limit", 1)
        return extend.proposal(self.known, asked.words(fields.get("type", ""), "type"), min(most, extend.USUAL))

    def preview(self, fields: Fields) -> str:
        """The card of the entity ``id``."""
        return self._page(fields, whole=False)

    def view(self, fields: Fields) -> str:
        """The page of the entity ``id``."""
        return self._page(fields, whole=True)

    def _page(self, fields: Fields, *, whole: bool) -> str:
        identity = asked.words(fields.get("id", ""), "id")
        entity = self.known.find(identity)
        if entity is None:
            raise MinilatError("E214", f"no entity {identity!r}", where="id", hint=f"{PATH}/suggest/entity finds them")
        return card.card(self.known, entity, whole=whole)

    def home(self, _: Fields) -> str:
        """The page at the root."""
        return card.home(self.known, self.base)


def _late() -> MinilatError:
    return MinilatError("E217", f"takes longer than {SECONDS:g} s", hint="ask in parts")


def _typed(fields: Fields) -> tuple[str, int, int]:
    """Prefix, cursor and number of a suggest query."""
    prefix = asked.words(fields.get("prefix", ""), "prefix")
    cursor = asked.count(fields.get("cursor") or "0", "cursor", 0)
    limit = asked.count(fields.get("limit") or str(suggest.PAGE), "limit", 1)
    return prefix, cursor, min(limit, asked.MOST)


def application(service: Service) -> ASGIApp:
    """SERVICE as an application of ASGI that any origin may use."""
    places: Mapping[str, tuple[Callable[[Fields], Any], tuple[str, ...]]] = {
        "/": (service.home, ("GET",)),
        PATH: (service.reconcile, ("GET", "POST")),
        f"{PATH}/": (service.reconcile, ("GET", "POST")),
        f"{PATH}/suggest/entity": (service.suggest_entity, ("GET",)),
        f"{PATH}/suggest/property": (service.suggest_property, ("GET",)),
        f"{PATH}/suggest/type": (service.suggest_type, ("GET",)),
        f"{PATH}/properties": (service.properties, ("GET",)),
        f"{PATH}/preview": (service.preview, ("GET",)),
        f"{PATH}/view": (service.view, ("GET",)),
    }
    limiter = anyio.CapacityLimiter(AT_ONCE)
    routes = [Route(path, _endpoint(act, limiter), methods=list(how)) for path, (act, how) in places.items()]
    app = Starlette(routes=routes, exception_handlers={404: _no_place, 405: _no_method})
    app.router.redirect_slashes = False
    return CORSMiddleware(app, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])


def _endpoint(act: Callable[[Fields], Any], limiter: anyio.CapacityLimiter) -> Callable[[Request], Any]:
    """ACT on the fields of a request, in a thread of its own, within its bounds."""

    async def answer(request: Request) -> Response:
        try:
            fields = await _fields(request)
            name = asked.callback(fields["callback"]) if "callback" in fields else ""
            with anyio.fail_after(SECONDS):
                found = await anyio.to_thread.run_sync(act, fields, abandon_on_cancel=True, limiter=limiter)
        except MinilatError as error:
            return _refused(error)
        except TimeoutError:
            return _refused(_late())
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            return _our_fault(error)
        return _html(found) if isinstance(found, str) else _json(found, name)

    return answer


async def _fields(request: Request) -> Fields:
    """The parameters of the address or of the form. Raises MinilatError E212, E213, E218 or E219."""
    raw = request.url.query.encode() if request.method != "POST" else await _body(request)
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except UnicodeDecodeError:
        raise MinilatError("E212", "the parameters are not UTF-8") from None
    except ValueError:
        raise MinilatError("E213", f"more than {FIELDS} parameters") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise MinilatError("E212", "a parameter stands twice", hint="queries take several queries in one JSON object")
    return fields


async def _body(request: Request) -> bytes:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _FORM:
        raise MinilatError("E219", f"a body of type {media or 'none'!r}", hint=f"send {_FORM}")
    large = MinilatError("E213", f"a body of more than {LARGEST} bytes", hint="ask in parts")
    if int(request.headers.get("content-length") or 0) > LARGEST:
        raise large
    body = bytearray()
    try:
        with anyio.fail_after(SLOW):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise large
    except TimeoutError:
        raise MinilatError("E218", f"the body did not come within {SLOW:g} s") from None
    return bytes(body)


def _json(found: Any, callback: str = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    if callback:  # everything escaped: JavaScript knows line ends that JSON does not
        text = f"/**/{callback}({json.dumps(found)});"
        return Response(text, status, {**_SAFE, **(headers or {})}, "application/javascript")
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return Response(text + "\n", status, {**_SAFE, **(headers or {})}, "application/json")


def _html(text: str) -> Response:
    return Response(text, 200, {**_SAFE, **_HTML}, "text/html")


def _refused(error: MinilatError, headers: Mapping[str, str] | None = None) -> Response:
    said = {"code": error.code, "message": error.message, "where": error.where, "hint": error.hint}
    found = {"error": {k: v for k, v in said.items() if v}}
    return _json(found, status=STATUS.get(error.code, 400), headers=headers)


def _our_fault(error: Exception) -> Response:
    """Words without anything of the inside; the inside goes to stderr of whoever runs the service."""
    print(f"minilat serve: this is our fault: {type(error).__name__}: {error}", file=sys.stderr)
    if os.environ.get("MINILAT_DEBUG"):
        traceback.print_exception(error)
    return _json({"error": {"message": "this is our fault, not yours"}}, status=500)


async def _no_place(request: Request, _: Exception) -> Response:
    return _refused(MinilatError("E214", f"nothing is at {request.url.path[:200]!r}", hint=f"the service is at {PATH}"))


async def _no_method(request: Request, error: Exception) -> Response:
    named = (getattr(error, "headers", None) or {}).get("Allow", "GET")
    allowed = ", ".join(sorted(named.split(", ")))
    return _refused(MinilatError("E215", f"not for {request.method[:20]}", hint=f"send {allowed}"), {"Allow": allowed})


class _Server(uvicorn.Server):
    """Says when it listens."""

    said: Callable[[], None] | None = None

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.said is not None:
            self.said()


def serve(known: Known, host: str, port: int, public: str = "", say: Callable[[str], None] = print) -> None:
    """Serve what is KNOWN at HOST and PORT (0 for a free one) until somebody stops it; SAY is told the address.

    PUBLIC is the address under which others reach it, where a proxy stands before it. Raises MinilatError E210 when
    nothing can listen there, or PUBLIC is no address.
    """
    if public and not _ADDRESS.fullmatch(public):
        raise MinilatError(
            "E210", f"{public!r} is no address", where="--public", hint="write https://example.org/minilat"
        )
    config = uvicorn.Config(
        "kg", host=host, port=port, loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None,
        log_level="critical", access_log=False, proxy_headers=False, server_header=False, limit_concurrency=CONNECTIONS,
        timeout_keep_alive=5, timeout_graceful_shutdown=3, h11_max_incomplete_event_size=LINE,
    )  # fmt: skip
    try:
        listening = config.bind_socket()
    except (SystemExit, OverflowError):
        hint = "another program has it; choose another with --port, 0 for a free one"
        raise MinilatError("E210", f"cannot listen at {host} port {port}", where="--port", hint=hint) from None
    name = f"[{host}]" if ":" in host else host
    base = (public or f"http://{name}:{listening.getsockname()[1]}").rstrip("/")
    config.app = application(Service(known, base))
    server = _Server(config)
    server.said = lambda: say(f"{base}{PATH}")
    server.run(sockets=[listening])
