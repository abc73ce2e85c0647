"""Everything a service may do wrong ends in one clear error, in bounded time, with nothing half written."""

from __future__ import annotations

import json
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from served import JSON, rows

from kg import __version__
from kg.errors import MinilatError
from kg.remote.client import Client
from kg.remote.services import service, services

Q = "SELECT ?x WHERE { ?x ?p ?o }"
OK = (200, {"Content-Type": JSON}, rows("a"))


@pytest.fixture
def naps():
    return []


@pytest.fixture
def client(naps):
    return Client(seconds=5, sleep=naps.append)


def error(client, told, query=Q):
    with pytest.raises(MinilatError) as caught:
        client.select(told.url, query)
    assert caught.value.where == told.url
    return caught.value.code, caught.value.message


def test_a_question_goes_by_post_with_agent_contact_and_the_limit_of_virtuoso(told):
    found = Client("mail@example.org", seconds=5).select(told.url, Q)
    assert (found.variables, found.rows) == (("x",), (("<urn:a>",),))
    [(headers, body)] = told.asked
    assert headers["User-Agent"] == f"minilat/{__version__} (https://w3id.org/minilat; mail@example.org)"
    assert headers["Accept"].split(",")[0] == JSON
    sent = urllib.parse.parse_qs(body)
    assert sent == {"query": [Q], "timeout": ["5000"]}


def test_a_long_question_is_no_address(told, client):
    long = Q + "#" + "x" * 100_000
    client.select(told.url, long)
    assert urllib.parse.parse_qs(told.asked[0][1])["query"] == [long]


def test_ask_gives_one_row(told, client):
    told((200, {"Content-Type": JSON}, '{"head": {}, "boolean": true}'))
    found = client.select(told.url, "ASK { ?x ?p ?o }")
    assert found.rows == (('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',),)


def test_it_waits_as_long_as_it_is_told(told, client, naps):
    told((429, {"Retry-After": "7"}, ""), (503, {}, ""), OK)
    assert client.select(told.url, Q).rows == (("<urn:a>",),)
    assert naps == [7.0, 2.0]
    assert len(told.asked) == 3


def test_it_waits_until_a_date(told, client, naps):
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    told((429, {"Retry-After": at}, ""), OK)
    client.select(told.url, Q)
    assert len(naps) == 1
    assert 25 < naps[0] <= 30


def test_a_wait_that_cannot_be_read_is_a_usual_one(told, client, naps):
    told((429, {"Retry-After": "soon"}, ""), OK)
    client.select(told.url, Q)
    assert naps == [1.0]


def test_it_does_not_wait_for_ever(told, client, naps):
    told((429, {"Retry-After": "3600"}, ""))
    assert error(client, told) == ("E181", "the service asks to come back later")
    assert naps == []
    assert len(told.asked) == 1


def test_it_gives_up_after_four_times(told, client, naps):
    told((502, {"Content-Type": "text/html"}, "<h1>Bad\n gateway</h1>"))
    assert error(client, told) == ("E181", "status 502: <h1>Bad gateway</h1>")
    assert len(told.asked) == 4
    assert naps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 414, 500])
def test_a_refusal_is_not_asked_again(told, client, status):
    told((status, {"Content-Type": "text/plain"}, "because"))
    assert error(client, told) == ("E181", f"status {status}: because")
    assert len(told.asked) == 1


def test_words_with_status_200_are_no_answer(told, client):
    told((200, {"Content-Type": "text/plain"}, "Please set a user agent"))
    assert error(client, told) == (
        "E182",
        f"not the answer that was asked for: it is text/plain, not {JSON}: Please set a user agent",
    )


def test_html_is_no_answer(told, client):
    told((200, {"Content-Type": "text/html; charset=utf-8"}, "<title>Error</title>"))
    assert error(client, told) == (
        "E182",
        f"not the answer that was asked for: it is text/html, not {JSON}: <title>Error</title>",
    )


def test_an_answer_without_a_type_is_none(told, client):
    told((200, {}, rows("a")))
    assert error(client, told)[0] == "E182"
    assert "of no said type" in error(client, told)[1]


def test_an_error_text_that_calls_itself_json(told, client):
    told((200, {"Content-Type": JSON}, "Virtuoso 42000 Error"))
    assert error(client, told)[0] == "E182"


def test_json_that_ends_too_early(told, client):
    told((200, {"Content-Type": JSON}, rows("a", "b")[:-20]))
    assert error(client, told)[0] == "E182"


def test_a_connection_that_ends_too_early(told, client):
    told((200, {"Content-Type": JSON, "Content-Length": "5000"}, rows("a")))
    code, message = error(client, told)
    assert code == "E184"
    assert message == f"the answer is cut: {5000 - len(rows('a'))} bytes of it are missing"


def test_a_chunk_that_never_comes(told, client):
    def cut(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"ff\r\n{")
        handler.close_connection = True

    told((200, {}, cut))
    assert error(client, told) == ("E184", "the answer is cut: the connection ended before the answer did")


def test_no_answer_at_all(told, client, naps):
    def nothing(handler):
        handler.close_connection = True

    told((200, {}, nothing))
    code, message = error(client, told)
    assert code == "E181"
    assert message.startswith(("the connection was cut", "not reached"))
    assert naps == [1.0, 2.0, 4.0]


def test_nobody_at_home(client, naps, loopback):
    loopback.add(("127.0.0.1", 1))
    with pytest.raises(MinilatError) as caught:
        client.select("http://127.0.0.1:1/sparql", Q)
    assert caught.value.code == "E181"
    assert naps == [1.0, 2.0, 4.0]


def test_a_stream_without_end_is_cut_at_the_limit(told):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            pass

    told((200, {}, endless))
    assert error(Client(limit=10**6, seconds=20), told) == ("E183", "the answer is larger than 1000000 bytes")


def test_a_stream_that_drips_is_cut_at_the_time(told):
    def dripping(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            pass

    told((200, {}, dripping))
    assert error(Client(seconds=0.5), told) == ("E183", "no whole answer within 0.5 s")


def test_silence_is_cut_at_the_time(told):
    def silent(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        handler.wfile.flush()
        time.sleep(3)

    told((200, {}, silent))
    assert error(Client(seconds=0.2), told)[0] == "E183"


def test_another_charset_is_read_and_a_wrong_one_told(told, client):
    told((200, {"Content-Type": f"{JSON}; charset=iso-8859-1"}, rows("é").encode("latin-1")))
    assert client.select(told.url, Q).rows == (("<urn:é>",),)
    for charset, body in (("utf-8", rows("é").encode("latin-1")), ("klingon", rows("a").encode())):
        told((200, {"Content-Type": f"{JSON}; charset={charset}"}, body))
        assert error(client, told) == (
            "E182",
            f"not the answer that was asked for: it is not the {charset} it says to be",
        )


def test_a_mark_of_byte_order_is_passed_over(told, client):
    told((200, {"Content-Type": JSON}, b"\xef\xbb\xbf" + rows("a").encode()))
    assert client.select(told.url, Q).rows == (("<urn:a>",),)


def test_compressed_without_being_asked(told, client):
    told((200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, b"\x1f\x8b"))
    assert error(client, told) == (
        "E182",
        "not the answer that was asked for: it is compressed, which was not asked for",
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(told, client, status):
    told((status, {"Location": told.url}, ""), OK)
    assert error(client, told) == ("E185", f"the service sends elsewhere, to '{told.url}'")
    assert len(told.asked) == 1


def test_an_answer_that_virtuoso_cut_for_time(told, client):
    told(
        (
            200,
            {"Content-Type": JSON, "X-SQL-State": "S1TAT", "X-SQL-Message": "Returning incomplete results"},
            rows("a"),
        )
    )
    assert error(client, told) == ("E184", "the answer is cut: Returning incomplete results")


def test_an_answer_that_virtuoso_cut_at_its_maximum(told, client):
    told((200, {"Content-Type": JSON, "X-SPARQL-MaxRows": "2"}, rows("a", "b")))
    assert error(client, told) == ("E184", "the answer is cut: the service gives 2 rows at most")
    told((200, {"Content-Type": JSON, "X-SPARQL-MaxRows": "3"}, rows("a", "b")))
    assert len(client.select(told.url, Q).rows) == 2


def test_as_many_rows_as_a_known_service_gives_at_most(told, client, monkeypatch):
    capped = service("dbpedia")
    client.mirrors[capped.url] = told.url
    told((200, {"Content-Type": JSON}, rows(*range(capped.rows))))
    with pytest.raises(MinilatError) as caught:
        client.select("dbpedia", Q)
    assert caught.value.code == "E184"
    told((200, {"Content-Type": JSON}, rows(*range(capped.rows - 1))))
    assert len(client.select("dbpedia", Q).rows) == capped.rows - 1


def test_one_question_at_a_time_and_not_too_often(told, client, naps):
    client.mirrors[service("wikidata").url] = told.url
    client.select("wikidata", Q)
    assert naps == []
    client.select("wikidata", Q)
    assert len(naps) == 1
    assert 0 < naps[0] <= service("wikidata").pause


def test_pages_until_a_short_one(told, client):
    told(*[(200, {"Content-Type": JSON}, rows(*part)) for part in ("ab", "cd", "e")])
    found = client.pages(told.url, Q + " ORDER BY ?x", 2)
    assert [r[0] for r in found.rows] == ["<urn:a>", "<urn:b>", "<urn:c>", "<urn:d>", "<urn:e>"]
    assert [urllib.parse.parse_qs(b)["query"][0].split("\n")[1] for _, b in told.asked] == [
        "LIMIT 2", "LIMIT 2 OFFSET 2", "LIMIT 2 OFFSET 4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query", [Q, Q + " ORDER BY ?x LIMIT 5", Q + " ORDER BY ?x OFFSET 5", "ASK { ?x ?p ?o }", Q + " # ORDER BY ?x"]
)
def test_pages_need_an_order(told, client, query):
    with pytest.raises(MinilatError) as caught:
        client.pages(told.url, query, 2)
    assert caught.value.code == "E184"
    assert told.asked == []


def test_pages_need_all_of_the_order(told, client):
    with pytest.raises(MinilatError, match=r"the order does not include \?x"):
        client.pages(told.url, Q + " ORDER BY DESC(?y)", 2)


def test_an_answer_is_kept_and_had_again(told, client, tmp_path):
    client.record = tmp_path / "answers"
    first = client.select(told.url, Q)
    [path] = client.record.iterdir()
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept.keys() == {"endpoint", "query", "time", "status", "media_type", "sha256", "body"}
    assert (kept["endpoint"], kept["query"], kept["status"], kept["media_type"]) == (told.url, Q, 200, JSON)
    told((500, {}, ""))
    again = Client(replay=client.record)
    assert again.select(told.url, Q) == first
    assert told.asked == []
    with pytest.raises(MinilatError) as caught:
        again.select(told.url, Q + " ")
    assert caught.value.code == "E186"
    path.write_text(path.read_text(encoding="utf-8").replace("urn:a", "urn:b"), encoding="utf-8")
    with pytest.raises(MinilatError, match="changed afterwards"):
        again.select(told.url, Q)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(MinilatError, match="not a recorded answer"):
        again.select(told.url, Q)


def test_a_failed_answer_is_not_kept(told, client, tmp_path):
    client.record = tmp_path / "answers"
    told((200, {"Content-Type": "text/html"}, "no"))
    error(client, told)
    assert not client.record.exists()


def test_a_folder_that_cannot_be_written(told, client, tmp_path):
    (tmp_path / "file").write_text("")
    client.record = tmp_path / "file"
    with pytest.raises(MinilatError) as caught:
        client.select(told.url, Q)
    assert caught.value.code == "E186"


@pytest.mark.parametrize(
    "name",
    [
        "wikipedia", "file:///etc/passwd", "ftp://e.org/", "http://", "https://u:p@e.org/", "https://e.org/#x",
        "https://e.org/a b", "http://e.org:99999/", "gopher://e.org", "http://e.org/\n", "//e.org/", "",
    ],
)  # fmt: skip
def test_what_is_no_service(client, name):
    with pytest.raises(MinilatError) as caught:
        client.select(name, Q)
    assert caught.value.code == "E180"


def test_the_table_of_services():
    known = services()
    assert len({s.name for s in known}) == len({s.url for s in known}) == len(known)
    assert all(service(s.name) == service(s.url) == s for s in known)
