"""A client for SPARQL services: patient, bounded, and suspicious of what comes back.

SPARQLWrapper makes the request; what it leaves open is done here: an agent with a contact, POST, limits on time and
size, waiting when told to (RFC 9110, 10.2.3), no redirects, content types, encodings, cut answers, and a record.
"""

from __future__ import annotations

import codecs
import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NoReturn

from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from kg import __version__
from kg.errors import MinilatError
from kg.forms import bare, kind
from kg.remote import records
from kg.remote.services import Service, service
from kg.store import read_solutions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.remote.records import Answer
    from kg.store import Rows

AGENT: Final = f"minilat/{__version__} (https://w3id.org/minilat)"
SECONDS: Final = 90.0
LIMIT: Final = 64 * 2**20
"""Bytes that one answer may have."""
ATTEMPTS: Final = 4
PATIENCE: Final = 120.0
"""Seconds that are waited in all, when a service asks to come back later."""
_LATER: Final = frozenset({429, 502, 503, 504})
_PIECE: Final = 2**16
_ROWS: Final = ("application/sparql-results+json", "application/json")
_JSON: Final = ("application/json",)
_GRAPH: Final = ("text/turtle", "application/turtle", "application/x-turtle", "application/n-triples")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect turns POST into GET and loses or re-encodes the query, and may lead where the user did not say."""

    def redirect_request(self, *_: object) -> None:
        """No new request: the redirect comes back as an error with its status."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


class _Wrapper(SPARQLWrapper):
    def _query(self) -> tuple[http.client.HTTPResponse, str]:
        # The one place where SPARQLWrapper opens an address; its own opener follows redirects.
        return _OPENER.open(self._createRequest(), timeout=self.timeout), self.returnFormat


class _Page:
    """A page of a service that is no SPARQL service, asked by GET; it is used where a wrapper is."""

    def __init__(self, url: str, agent: str, seconds: float) -> None:
        self.request = urllib.request.Request(url, headers={"User-Agent": agent, "Accept": "application/json"})  # noqa: S310 (see service)
        self.seconds = seconds

    def query(self) -> _Page:
        """Itself, with what the service answers as ``response``."""
        self.response = _OPENER.open(self.request, timeout=self.seconds)
        return self


@dataclass
class Client:
    """Asks services, one question at a time.

    ``contact`` (a mail address or page) stands in the agent, as many services want. ``record`` is a folder that every
    answer is written to; with ``replay`` answers come from such a folder alone and nothing goes out. ``mirrors`` gives
    other addresses for services, by their addresses.
    """

    contact: str = ""
    seconds: float = SECONDS
    limit: int = LIMIT
    record: Path | None = None
    replay: Path | None = None
    mirrors: dict[str, str] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def select(self, name: str, query: str) -> Rows:
        """The rows of a SELECT (or of an ASK: one row, one column) at the service NAME.

        Raises MinilatError E180 (no such service), E181 (not reached, or refused), E182 (not what was asked for),
        E183 (too long or too slow), E184 (cut), E185 (elsewhere) or E186 (no record).
        """
        at = service(name)
        rows = read_solutions(self._ask(at, query, JSON, _ROWS).body.encode(), where=at.url)
        if at.rows and len(rows.rows) >= at.rows:
            raise _cut(at, f"it has {len(rows.rows)} rows, as many as the service gives at most")
        return rows

    def construct(self, name: str, query: str) -> str:
        """The graph of a CONSTRUCT or DESCRIBE at the service NAME, in Turtle; errors as in :meth:`select`."""
        return self._ask(service(name), query, TURTLE, _GRAPH).body

    def pages(self, name: str, query: str, size: int) -> Rows:
        """The rows of a SELECT, fetched SIZE at a time.

        The query must order by all variables it gives, else pages may overlap: MinilatError E184.
        """
        tail = bare(query).rpartition("}")[2].split()
        words = [w.upper() for w in tail]
        if kind(query) != "rows" or words[:2] != ["ORDER", "BY"] or {"LIMIT", "OFFSET"} & set(words):
            hint = "end the query with ORDER BY and all its variables, without LIMIT"
            raise MinilatError("E184", "only a SELECT in a stable order can be fetched in pages", hint=hint)
        ordered = {part.lstrip("?$") for w in tail for part in w.replace("(", " ").replace(")", " ").split()}
        rows = self.select(name, f"{query}\nLIMIT {size}")
        if loose := [v for v in rows.variables if v not in ordered]:
            raise MinilatError("E184", f"the order does not include ?{loose[0]}", hint="ORDER BY all variables")
        whole = list(rows.rows)
        while len(rows.rows) == size:
            rows = self.select(name, f"{query}\nLIMIT {size} OFFSET {len(whole)}")
            whole += rows.rows
        return replace(rows, rows=tuple(whole))

    def page(self, at: Service, path: str) -> Answer:
        """The JSON that the service AT, which is no SPARQL service, gives for PATH; errors as in :meth:`select`."""
        if self.replay is not None:
            return records.read(self.replay, at.url, path)
        url = f"{self.mirrors.get(at.url, at.url)}/{path}"
        return self._answered(at, path, _Page(url, self._agent(), min(at.seconds or self.seconds, self.seconds)), _JSON)

    def _agent(self) -> str:
        return f"{AGENT[:-1]}; {self.contact})" if self.contact else AGENT

    def _ask(self, at: Service, query: str, form: str, wanted: tuple[str, ...]) -> Answer:
        if self.replay is not None:
            return records.read(self.replay, at.url, query)
        wrapper = _Wrapper(self.mirrors.get(at.url, at.url), agent=self._agent())
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setReturnFormat(form)
        wrapper.setQuery(query)
        deadline = at.seconds or self.seconds
        wrapper.setTimeout(int(min(deadline, self.seconds)) + 1)
        # Virtuoso has a limit of its own, in milliseconds; others pass over the word.
        wrapper.addParameter("timeout", str(int(1000 * min(deadline, self.seconds))))
        return self._answered(at, query, wrapper, wanted)

    def _answered(self, at: Service, query: str, wrapper: _Wrapper | _Page, wanted: tuple[str, ...]) -> Answer:
        """What comes back, looked at and recorded."""
        status, media_type, body = self._patiently(wrapper, at)
        if media_type not in wanted:
            raise _other(at, f"it is {media_type or 'of no said type'}, not {wanted[0]}", body)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        answer = records.Answer(at.url, query, now, status, media_type, records.digest(body), body)
        if self.record is not None:
            records.write(self.record, answer)
        return answer

    def _patiently(self, wrapper: _Wrapper | _Page, at: Service) -> tuple[int, str, str]:
        waited = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            self._pause(at)
            try:
                return self._once(wrapper, at)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _LATER or attempt == ATTEMPTS:
                        _refused(at, error)
                    pause = _retry_after(error.headers.get("Retry-After"), 2.0 ** (attempt - 1))
            except urllib.error.URLError as error:
                if attempt == ATTEMPTS or not isinstance(error.reason, (ConnectionError, TimeoutError)):
                    raise MinilatError("E181", f"not reached: {error.reason}", where=at.url) from None
                pause = 2.0 ** (attempt - 1)
            except (ConnectionError, http.client.BadStatusLine) as error:
                if attempt == ATTEMPTS:
                    raise MinilatError("E181", f"the connection was cut: {error}", where=at.url) from None
                pause = 2.0 ** (attempt - 1)
            waited += pause
            if waited > PATIENCE:
                hint = f"it asks to wait {pause:.0f} s; try again then"
                raise MinilatError("E181", "the service asks to come back later", where=at.url, hint=hint)
            self.sleep(pause)
        raise AssertionError("unreachable")

    def _pause(self, at: Service) -> None:
        """Wait until as long has passed since the last question to this service as it asks for."""
        now = time.monotonic()
        wait = self._last.get(at.url, now - at.pause) + at.pause - now
        if wait > 0:
            self.sleep(wait)
        self._last[at.url] = time.monotonic()

    def _once(self, wrapper: _Wrapper | _Page, at: Service) -> tuple[int, str, str]:
        begin = time.monotonic()
        body = bytearray()
        try:
            with wrapper.query().response as response:
                while piece := response.read1(_PIECE):
                    body += piece
                    if len(body) > self.limit:
                        raise MinilatError(
                            "E183", f"the answer is larger than {self.limit} bytes", where=at.url, hint="add a LIMIT"
                        )
                    if time.monotonic() - begin > self.seconds:
                        raise _slow(at, self.seconds)
                headers = response.headers
                status = response.status
                missing = response.length
        except TimeoutError:
            raise _slow(at, self.seconds) from None
        except http.client.IncompleteRead:
            raise _cut(at, "the connection ended before the answer did") from None
        except http.client.HTTPException as error:
            if isinstance(error, http.client.BadStatusLine):
                raise
            raise MinilatError("E181", f"no HTTP: {error!r}", where=at.url) from None
        if missing:
            raise _cut(at, f"{missing} bytes of it are missing")
        # Virtuoso tells in headers that it stopped early ("anytime") or has a maximum of rows.
        if "S1TAT" in (headers.get("X-SQL-State") or ""):
            raise _cut(at, headers.get("X-SQL-Message") or "the service ran out of time")
        if headers.get("Content-Encoding", "identity") != "identity":
            raise _other(at, "it is compressed, which was not asked for", "")
        text = _decoded(bytes(body), headers.get_content_charset() or "utf-8", at)
        if (
            (most := headers.get("X-SPARQL-MaxRows", "")).isdigit()
            and text.count('"type"')
            and _rows(text) >= int(most)
        ):
            raise _cut(at, f"the service gives {most} rows at most")
        return status, headers.get_content_type() if headers.get("Content-Type") else "", text


def _rows(text: str) -> int:
    try:
        return len(read_solutions(text.encode(), where="").rows)
    except MinilatError:
        return 0


def _decoded(body: bytes, charset: str, at: Service) -> str:
    try:
        name = codecs.lookup(charset).name
        return body.decode("utf-8-sig" if name == "utf-8" else name)
    except (LookupError, UnicodeError):
        raise _other(at, f"it is not the {charset} it says to be", "") from None


def _retry_after(header: str | None, otherwise: float) -> float:
    """The seconds that Retry-After asks for: a number, or a date."""
    if header is None:
        return otherwise
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return otherwise


def _excerpt(body: str) -> str:
    shown = " ".join(body.split())[:200]
    return f": {shown}" if shown else ""


def _refused(at: Service, error: urllib.error.HTTPError) -> NoReturn:
    if error.code in (301, 302, 303, 307, 308):
        to = error.headers.get("Location") or "nowhere"
        hint = "give that address, if it is the one you mean"
        raise MinilatError("E185", f"the service sends elsewhere, to {to!r:.200}", where=at.url, hint=hint) from None
    try:
        said = error.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        said = ""
    hint = {
        400: "the service cannot read the query",
        401: "the service wants a name and a password: it is not open",
        403: "some services refuse programs without a contact: give --contact",
        404: "there is no service at this address",
        414: "the service takes only short queries",
        429: "the service asks to come back later",
    }.get(error.code, "")
    raise MinilatError("E181", f"status {error.code}{_excerpt(said)}", where=at.url, hint=hint) from None


def _other(at: Service, reason: str, body: str) -> MinilatError:
    hint = "some services answer programs without a contact with words: give --contact"
    return MinilatError("E182", f"not the answer that was asked for: {reason}{_excerpt(body)}", where=at.url, hint=hint)


def _slow(at: Service, seconds: float) -> MinilatError:
    return MinilatError("E183", f"no whole answer within {seconds:g} s", where=at.url, hint="ask for less, or wait")


def _cut(at: Service, reason: str) -> MinilatError:
    return MinilatError("E184", f"the answer is cut: {reason}", where=at.url, hint="ask in pages, or for less")
