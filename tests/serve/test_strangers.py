"""What strangers send: everything that is wrong is refused by name, bounded, and shows nothing of the inside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asking import start

from kg.serve import app, asked

ROOT = Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"


def deep(n):
    return '{"a":' * n + "1" + "}" * n


@pytest.mark.parametrize(
    ("queries", "code", "where"),
    [
        ("", "E212", "queries"),
        ("{", "E212", "queries"),
        ("[]", "E212", "queries"),
        ('{"q": NaN}', "E212", "queries"),
        (deep(20_000), "E212", "queries"),
        ('{"q":{"query":"x","limit":' + "9" * 5000 + "}}", "E212", "queries"),
        ('{"q": 1}', "E212", "queries.q"),
        ('{"q": {}}', "E212", "queries.q"),
        ('{"q": {"query": " "}}', "E212", "queries.q"),
        ('{"q": {"query": 1}}', "E212", "queries.q.query"),
        ('{"q": {"query": "\\ud800"}}', "E212", "queries.q.query"),
        ('{"\\ud800": {"query": "x"}}', "E212", "queries"),
        ('{"q": {"query": "x", "typ": "State"}}', "E212", "queries.q"),
        ('{"q": {"query": "x", "limit": 0}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "limit": -1}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 1.5}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 1e999}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "limit": true}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "limit": null}}', "E212", "queries.q.limit"),
        ('{"q": {"query": "x", "type": 1}}', "E212", "queries.q.type"),
        ('{"q": {"query": "x", "type": [1]}}', "E212", "queries.q.type"),
        ('{"q": {"query": "x", "type_strict": "yes"}}', "E212", "queries.q.type_strict"),
        ('{"q": {"query": "x", "properties": {}}}', "E212", "queries.q.properties"),
        ('{"q": {"query": "x", "properties": [{"v": 1}]}}', "E212", "queries.q.properties[0]"),
        ('{"q": {"query": "x", "properties": [{"pid": "iso3", "v": null}]}}', "E212", "queries.q.properties[0].v"),
        (
            '{"q": {"query": "x", "properties": [{"pid": "iso3", "v": {"name": "x"}}]}}',
            "E212",
            "queries.q.properties[0].v",
        ),
        ('{"q": {"query": "x", "type": "Sate"}}', "E216", "queries.q.type"),
        ('{"q": {"query": "x", "properties": [{"pid": "iso33", "v": "x"}]}}', "E216", "queries.q.properties"),
    ],
)
def test_queries_that_cannot_be_read(service, queries, code, where):
    answer = service.post(queries=queries)
    assert answer.error == (400, code, where)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("queries", "where"),
    [
        ({str(i): {"query": "x"} for i in range(51)}, "queries"),
        ({"q": {"query": "x" * 501}}, "queries.q.query"),
        ({"q" * 501: {"query": "x"}}, "queries"),
        ({"q": {"query": "x", "type": ["State"] * 51}}, "queries.q.type"),
        ({"q": {"query": "x", "properties": [{"pid": "iso3", "v": "x"}] * 51}}, "queries.q.properties"),
        ({"q": {"query": "x", "properties": [{"pid": "iso3", "v": ["x"] * 51}]}}, "queries.q.properties[0].v"),
        ({"q": {"query": "x", "properties": [{"pid": "iso3", "v": "x" * 501}]}}, "queries.q.properties[0].v"),
    ],
)
def test_queries_beyond_the_bounds(service, queries, where):
    assert service.post(queries=json.dumps(queries)).error == (413, "E213", where)


def test_the_values_of_a_batch_are_counted_together(service):
    one = [{"pid": "participants", "v": [f"Nrwy {i}" for i in range(50)]}]
    batch = {str(i): {"query": "x", "properties": one} for i in range(11)}
    assert service.post(queries=json.dumps(batch)).error == (413, "E213", "queries")


def test_the_dearest_batch_ends(service):
    """Names that are like none, in place of entities, for all candidates at once: looked for once each, not for each candidate."""
    dear = [{"pid": "participants", "v": [f"Confederation of the misspelt islands {i}" for i in range(50)]}]
    batch = {str(i): {"properties": dear, "limit": 50} for i in range(10)}
    start = time.monotonic()
    answer = service.post(queries=json.dumps(batch))
    assert answer.status in (200, 503)
    service.ask("Norway")  # and the service goes on
    assert time.monotonic() - start < 3 * app.SECONDS


def test_a_batch_that_takes_too_long_stops_by_itself(known, monkeypatch):
    from kg.errors import MinilatError
    from kg.serve import reconcile

    monkeypatch.setattr(app, "SECONDS", 0.05)
    asked_for = []
    slow = lambda *_: (asked_for.append(1), time.sleep(0.03), [])[2]  # noqa: E731
    monkeypatch.setattr(reconcile, "candidates", slow)
    with pytest.raises(MinilatError, match="E217"):
        app.Service(known, "http://x").reconcile({"queries": json.dumps({str(i): {"query": "x"} for i in range(50)})})
    assert 1 <= len(asked_for) < 10


def test_what_is_just_within_the_bounds(service):
    answer = service.post(queries=json.dumps({str(i): {"query": "Nrwy" * 125} for i in range(50)}))
    assert (answer.status, len(answer.json)) == (200, 50)


@pytest.mark.parametrize(
    ("extend", "status", "code", "where"),
    [
        ("{}", 400, "E212", "extend.ids"),
        ({"ids": ["state/nor"]}, 400, "E212", "extend.properties"),
        ({"ids": [1], "properties": []}, 400, "E212", "extend.ids"),
        ({"ids": ["x"] * 201, "properties": []}, 413, "E213", "extend.ids"),
        ({"ids": [], "properties": [{}]}, 400, "E212", "extend.properties[0].id"),
        ({"ids": [], "properties": [{"id": "nato"}]}, 400, "E216", "extend.properties[0]"),
        ({"ids": [], "properties": [{"id": "iso3"}, {"id": "iso3"}]}, 400, "E212", "extend.properties[1].id"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": []}]}, 200, "", ""),
        ({"ids": [], "properties": [{"id": "iso3", "settings": [1]}]}, 400, "E212", "extend.properties[0].settings"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"day": "x"}}]}, 400, "E212", "extend.properties[0].settings"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"date": "2014"}}]}, 400, "E020", "extend.properties[0].settings.date"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"roles": "some"}}]}, 400, "E212", "extend.properties[0].settings.roles"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"language": "klingon"}}]}, 400, "E212", "extend.properties[0].settings.language"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"limit": -1}}]}, 400, "E212", "extend.properties[0].settings.limit"),
        ({"ids": [], "properties": [{"id": "iso3", "settings": {"limit": "x"}}]}, 400, "E212", "extend.properties[0].settings.limit"),
    ],
)  # fmt: skip
def test_extensions_that_cannot_be_read(service, extend, status, code, where):
    answer = service.post(extend=extend if isinstance(extend, str) else json.dumps(extend))
    assert (answer.status if status == 200 else answer.error) == (200 if status == 200 else (status, code, where))


@pytest.mark.parametrize(
    ("path", "fields", "error"),
    [
        ("", {"query": "Norway"}, (400, "E212", "")),
        ("", {"queries": "{}", "extend": "{}"}, (400, "E212", "")),
        ("/suggest/entity", {"cursor": "-1"}, (400, "E212", "cursor")),
        ("/suggest/entity", {"cursor": "x"}, (400, "E212", "cursor")),
        ("/suggest/entity", {"limit": "0"}, (400, "E212", "limit")),
        ("/suggest/entity", {"prefix": "x" * 501}, (413, "E213", "prefix")),
        ("/properties", {"type": "Sate"}, (400, "E216", "type")),
        ("/preview", {}, (404, "E214", "id")),
        ("/view", {"id": "../../etc/passwd"}, (404, "E214", "id")),
        ("/nowhere", {}, (404, "E214", "")),
        ("/suggest/entity/", {}, (404, "E214", "")),
        ("", {str(i): "x" for i in range(17)}, (413, "E213", "")),
    ],
)
def test_addresses_that_cannot_be_read(service, path, fields, error):
    assert service.get(path, **fields).error == error


def test_a_near_miss_is_named(service):
    assert service.queries(q={"query": "x", "type": "Sate"}).json["error"]["hint"] == "did you mean 'State'?"
    assert service.get("/properties", type="Aliance").json["error"]["hint"] == "did you mean 'Alliance'?"


def test_other_methods_and_bodies(service):
    for method in ("PUT", "DELETE", "PATCH"):
        answer = service.raw(method, "/reconcile")
        assert (answer.error[:2], answer.headers["allow"]) == ((405, "E215"), "GET, HEAD, POST")
    assert service.raw("POST", "/reconcile/preview").error[:2] == (405, "E215")
    for media in ("application/json", "multipart/form-data; boundary=x", ""):
        assert service.raw("POST", "/reconcile", "{}", {"Content-Type": media}).error[:2] == (415, "E219")
    assert service.raw("POST", "/reconcile", b"queries=%ff", {"Content-Type": FORM}).error[:2] == (400, "E212")
    assert service.raw("POST", "/reconcile", b"queries=\xff", {"Content-Type": FORM}).error[:2] == (400, "E212")
    assert service.raw("POST", "/reconcile", "queries={}&queries={}", {"Content-Type": FORM}).error[:2] == (400, "E212")
    assert service.raw("POST", "/reconcile", "", {"Content-Type": FORM}).json["versions"] == ["0.2"]
    assert service.raw("HEAD", "/reconcile").text == ""
    assert service.raw("GET", "/reconcile/").json == service.get().json


def test_a_body_that_is_too_large(service):
    # Said before it comes, and found while it comes.
    head = {"Content-Type": FORM, "Content-Length": str(app.LARGEST + 1)}
    with socket.create_connection((service.host, service.port), timeout=20) as link:
        lines = "".join(f"{k}: {v}\r\n" for k, v in head.items())
        link.sendall(f"POST /reconcile HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert link.recv(100).startswith(b"HTTP/1.1 413 ")
    answer = service.raw(
        "POST", "/reconcile", iter([b"queries=", b"x" * (app.LARGEST - 10), b"yyyy"]), {"Content-Type": FORM}
    )
    assert answer.error == (413, "E213", "")


def test_a_body_that_does_not_come(service, monkeypatch):
    monkeypatch.setattr(app, "SLOW", 0.2)
    with socket.create_connection((service.host, service.port), timeout=20) as link:
        link.sendall(
            f"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 10\r\n\r\nq".encode()
        )
        assert link.recv(100).startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_takes_too_long(known, loopback, monkeypatch):
    monkeypatch.setattr(app, "SECONDS", 0.2)
    monkeypatch.setattr(app.Service, "home", lambda *_: time.sleep(2))
    client = start(known, loopback)
    assert client.raw("GET", "/").error == (503, "E217", "")
    assert client.get().status == 200


def test_a_fault_of_ours_shows_nothing(known, loopback, monkeypatch, capsys):
    def broken(*_):
        raise KeyError("a secret of the inside")

    monkeypatch.setattr(app.Service, "home", broken)
    answer = start(known, loopback).raw("GET", "/")
    assert (answer.status, answer.json) == (500, {"error": {"message": "this is our fault, not yours"}})
    said = capsys.readouterr().err
    assert "KeyError: 'a secret of the inside'" in said
    assert "Traceback" not in said


def test_any_origin_may_ask(service):
    for path, status in (("/reconcile", 200), ("/reconcile/preview?id=state%2Fnor", 200), ("/nowhere", 404)):
        answer = service.raw("GET", path, headers={"Origin": "https://refine.example"})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, "*")
    ask = {
        "Origin": "null",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-requested-with",
    }
    answer = service.raw("OPTIONS", "/reconcile", headers=ask)
    assert answer.status == 200
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


def test_a_callback_wraps_every_answer(service):
    for path, fields in (
        ("", {}),
        ("", {"queries": '{"q":{"query":"Türkiye"}}'}),
        ("/suggest/type", {"prefix": "a"}),
        ("/properties", {"type": "State"}),
    ):
        plain, wrapped = service.get(path, **fields), service.get(path, **fields, callback="jQuery34_1.done$")
        assert wrapped.headers["content-type"] == "application/javascript"
        assert wrapped.headers["x-content-type-options"] == "nosniff"
        assert wrapped.text == f"/**/jQuery34_1.done$({json.dumps(plain.json)});"
        assert wrapped.text.isascii()


@pytest.mark.parametrize(
    "name", ["", "1a", "a b", "a(", "alert(1)//", "a.", ".a", "a..b", "a\n", "é", "a[0]", "<x>", "a" * 65, "a.b.c.d.e"]
)
def test_a_callback_that_is_no_name(service, name):
    assert service.get("", callback=name).error == (400, "E212", "callback")


def test_names_without_end_are_not_kept():
    from kg.match.spelling import initials, ordered, plain

    for act in (plain, ordered, initials):
        assert act.cache_info().maxsize is not None
    assert asked.LETTERS * plain.cache_info().maxsize < 2**25


def test_the_command(run, cache):
    """As a whole process: where it listens, that it ends, and what it refuses."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    for words, code, says in (
        (("--port", port), "E210", f"cannot listen at 127.0.0.1 port {port}"),
        (("--port", "0", "--public", "javascript:x"), "E210", "is no address"),
        (("--as-of", "2014"), "E020", "not a day"),
        (("--host", "host.invalid"), "E210", "cannot listen at host.invalid"),
    ):
        ran = run("serve", *words)
        assert (ran.code, ran.out) == (2, "")
        assert code in ran.err
        assert says in ran.err
    taken.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal that can be sent to one process")
def test_the_command_serves_until_it_is_stopped(cache, loopback):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MINILAT_")} | {"MINILAT_CACHE": str(cache)}
    words = [
        sys.executable,
        "-m",
        "kg.cli",
        "serve",
        "--port",
        "0",
        "--as-of",
        "2016-06-30",
        "--public",
        "https://x.example/m/",
    ]
    process = subprocess.Popen(
        words, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said = next(x for x in process.stderr if "…" not in x)
    assert said == "reconciliation service at https://x.example/m/reconcile (stop with Ctrl-C)\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "")


def test_a_public_address_stands_in_the_manifest(known):
    found = app.Service(known, "https://x.example/m").reconcile({})
    assert found["view"]["url"] == "https://x.example/m/reconcile/view?id={{id}}"
    assert found["suggest"]["type"] == {"service_url": "https://x.example/m", "service_path": "/reconcile/suggest/type"}


def test_without_its_library_the_command_says_what_to_install(tmp_path):
    (tmp_path / "starlette").mkdir()
    (tmp_path / "starlette" / "__init__.py").write_text("raise ModuleNotFoundError('no', name='starlette')")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['minilat', 'serve']; from kg.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "E211: starlette is not installed\n  hint: pip install 'minilat[serve]'" in done.stderr
