"""A service on a free port of this machine, a program that asks it, and where the official schemas lie."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from kg.serve import app

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "opendata" / "conventions" / "reconciliation" / "0.2"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        return self.status, self.json["error"].get("code"), self.json["error"].get("where", "")


class Client:
    """Asks the service as a program would."""

    def __init__(self, base):
        self.base = base
        self.host, _, port = base.removeprefix("http://").partition(":")
        self.port = int(port)

    def raw(self, method, path, body=None, headers=None):
        link = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            link.request(method, path, body, headers or {})
            answer = link.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
        finally:
            link.close()

    def get(self, path="", **fields):
        return self.raw("GET", f"/reconcile{path}" + (f"?{urlencode(fields)}" if fields else ""))

    def post(self, **fields):
        media = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.raw("POST", "/reconcile", urlencode(fields), media)

    def queries(self, **queries):
        return self.post(queries=json.dumps(queries))

    def ask(self, name, **more):
        """The candidates for one name."""
        answer = self.queries(q=({"query": name} if name else {}) | more)
        assert answer.status == 200, answer.text
        return answer.json["q"]["result"]

    def extend(self, ids, *properties):
        wanted = [{"id": p} if isinstance(p, str) else {"id": p[0], "settings": p[1]} for p in properties]
        answer = self.post(extend=json.dumps({"ids": ids, "properties": wanted}))
        assert answer.status == 200, answer.text
        return answer.json


def start(known, loopback, **how):
    """The client of a service that was started on a free port."""
    told = []
    ready = threading.Event()
    thread = threading.Thread(
        target=app.serve, args=(known, "127.0.0.1", 0), kwargs={"say": lambda a: (told.append(a), ready.set()), **how}, daemon=True
    )  # fmt: skip
    thread.start()
    assert ready.wait(30)
    client = Client(told[0].removesuffix("/reconcile"))
    loopback.add((client.host, client.port))
    return client
