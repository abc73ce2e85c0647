"""From what people type to a thing."""

import pytest

from kg import lookup
from kg.errors import MinilatError
from kg.names import iri


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("arrangement", "jef", "arr:jef"),
        ("arrangement", "D01", "arr:jef"),
        ("arrangement", " d01 ", "arr:jef"),
        ("arrangement", "arr:jef", "arr:jef"),
        ("arrangement", "Joint Expeditionary Force", "arr:jef"),
        ("state", "EE", "state:est"),
        ("state", "est", "state:est"),
        ("state", "Estonia", "state:est"),
        ("challenge", "S01", "challenge:baltic-undersea-cables"),
        ("capability", "MCM", "cap:mcm"),
    ],
)
def test_a_thing_is_found_by_any_of_its_names(graph, kind, text, found):
    assert lookup.find(graph.store, kind, text) == iri(found)


@pytest.mark.parametrize("kind", lookup.kinds())
def test_every_kind_has_names_and_an_error_of_its_own(graph, kind):
    assert len(lookup.names(graph.store, kind)) > 5
    with pytest.raises(MinilatError) as caught:
        lookup.find(graph.store, kind, "qqqqqqqqqq")
    assert caught.value.code in {f"E00{n}" for n in range(1, 9)}
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", " ", '"', "} #", "<x>", "\x00", "jef } UNION {", "?x", "a" * 5000])
def test_a_hostile_name_is_only_unknown(graph, text):
    with pytest.raises(MinilatError) as caught:
        lookup.find(graph.store, "arrangement", text)
    assert caught.value.code == "E002"


def test_an_ambiguous_name_lists_what_it_names(graph, monkeypatch):
    both = {iri("arr:jef"), iri("arr:quad")}
    monkeypatch.setattr(lookup, "names", lambda *_: {"same": both})
    with pytest.raises(MinilatError) as caught:
        lookup.find(graph.store, "arrangement", "same")
    assert (caught.value.code, caught.value.hint) == ("E002", "say which: jef, quad")


def test_no_name_of_an_arrangement_is_shadowed_by_the_id_of_another(graph):
    shared = {n: sorted(i) for n, i in lookup.names(graph.store, "arrangement").items() if len(i) > 1}
    ids = {i.rsplit("/", 1)[1] for found in lookup.names(graph.store, "arrangement").values() for i in found}
    assert not {n: i for n, i in shared.items() if n in ids}


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [("jef", "arrangement", "arr:jef"), ("S01", "challenge", "challenge:baltic-undersea-cables"),
     ("EST", "state", "state:est"), ("ransomware", "threat", "threat:ransomware")],
)  # fmt: skip
def test_anything_is_found(graph, text, kind, found):
    assert lookup.find_any(graph.store, text) == (kind, iri(found))


def test_nothing_is_found(graph):
    with pytest.raises(MinilatError) as caught:
        lookup.find_any(graph.store, "nordik-warden")
    assert caught.value.code == "E009"
    assert "'nordic-warden'" in caught.value.hint.lower()


def test_a_thing_has_id_notation_and_label(graph):
    found = lookup.thing(graph.store, iri("arr:jef"))
    assert (found.id, found.notation, found.label) == ("jef", "D01", "Joint Expeditionary Force")
    bare = lookup.thing(graph.store, "http://example.org/nothing")
    assert (bare.id, bare.notation, bare.label) == ("nothing", "", "http://example.org/nothing")
