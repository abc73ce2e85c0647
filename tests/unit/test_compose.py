"""Composing on the shipped data, and its bad input."""

import json

import pytest

from kg.errors import MinilatError
from kg.render import brief
from kg.render import fit as render_fit
from kg.render.compose import headline


def test_black_sea_mines_are_hunted_by_littoral_states_only(graph):
    found = graph.compose("S05")
    assert found.size == 5
    assert (found.proven, found.complete, found.gaps, found.relax) == (True, True, (), ())
    assert [p.members for p in found.proposals] == [("BGR", "GEO", "ROU", "TUR", "UKR")]
    assert found.proposals[0].covers["MCM"] == ("BGR", "ROU", "TUR", "UKR")


def test_a_contradiction_names_what_to_give_up(graph):
    found = graph.compose("S10")
    assert found.proposals == ()
    assert found.gaps == ()
    assert len(found.relax) == 1
    assert any(word in found.relax[0] for word in ("Cyprus", "Türkiye"))


def test_every_proposal_rests_on_a_role(graph):
    for p in graph.compose("S16", limit=3).proposals:
        for capability, states in p.covers.items():
            for state in states:
                assert all(r.startswith("st:") for r in p.roles[f"{state} {capability}"])


def test_the_suspected_actor_is_never_proposed(graph):
    for name in ("S01", "S03", "S07", "S13"):
        assert all("RUS" not in p.members for p in graph.compose(name, limit=3).proposals)


def test_include_exclude_and_anchor_hold(graph):
    found = graph.compose("S16", include=["Poland"], exclude=["FRA"], anchor="nato-framework-nations", limit=5)
    assert found.proposals
    for p in found.proposals:
        assert "POL" in p.members
        assert "FRA" not in p.members
        assert p.anchor == "nato-framework-nations"


def test_a_bound_on_the_size_that_is_too_small_is_named(graph):
    assert graph.compose("S01", largest=3).relax == ("at most 3 members",)


def test_all_and_one_at_once_are_the_same_first(graph):
    one, many = (graph.compose("S16", limit=n).proposals[0].members for n in (1, 10))
    assert one == many


def test_an_extension_keeps_all_participants_and_closes_the_gap(graph):
    before = {row[0] for row in graph.members("sucbas").rows}
    found = graph.compose("S01", extend="sucbas", limit=3)
    assert found.proposals
    for p in found.proposals:
        assert before <= set(p.members)
        assert p.anchor == "sucbas"
        assert len(p.covers["SEABED"]) >= 2
    # Its own participants have the public roles the gap asks for, so nobody need be added.
    assert set(found.proposals[0].members) == before


def test_an_extension_says_who_would_have_to_join(graph):
    found = graph.compose("S01", extend="jef", include=["DEU", "POL"])
    assert found.kept == ("DNK", "EST", "FIN", "GBR", "ISL", "LTU", "LVA", "NLD", "NOR", "SWE")
    assert [set(p.members) - set(found.kept) for p in found.proposals] == [{"DEU", "POL"}]
    assert set(found.proposals[0].critical) == {"DEU", "POL"}  # asked for by name; participants are not weighed
    assert headline(found) == (
        "2 states would have to join the 10 participants for every must to be covered (proven; the first names DEU, POL)."
    )
    assert found.conventions[0] == "no affected state is made to join"
    alone = graph.compose("S01", extend="jef")
    assert alone.conventions[0] == "no affected state is made to join; left outside unless included: DEU, POL"
    assert headline(alone) == (
        "No states would have to join the 10 participants for every must to be covered (proven)."
    )
    assert graph.compose("S01").kept == ()


def test_an_extension_of_a_limited_body_admits_its_members_only(graph):
    union = {row[0] for row in graph.members("eu").rows}
    for p in graph.compose("S13", extend="pesco", limit=3).proposals:
        assert set(p.members) <= union


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"include": ["POL"], "exclude": ["POL"]}, "E100"),
        ({"include": ["Atlantis"]}, "E003"),
        ({"include": ["NATO"]}, "E003"),
        ({"anchor": "nato"}, "E101"),
        ({"extend": "nosuch"}, "E002"),
    ],
)
def test_bad_requests(graph, arguments, code):
    with pytest.raises(MinilatError) as caught:
        graph.compose("S16", **arguments)
    assert caught.value.code == code


def test_an_answer_proposes_only_where_nothing_covers_every_must(graph):
    found = graph.fit("S02", propose=3)
    assert [(p.members, p.anchor) for p in found.proposals] == [(("DNK", "ISL", "NOR"), "stand-alone")]
    line = "DNK ISL NOR, stand-alone — nobody can replace DNK, ISL, NOR"
    assert f"  · {line}\n" in render_fit.as_text(found)
    assert f"- {line}\n" in render_fit.as_markdown(found)
    assert f"<li>{line}</li>" in brief.page(found, graph.places(found))
    assert json.loads(render_fit.as_json(found))["proposals"][0]["covers"]["SAR"] == ["DNK", "ISL", "NOR"]
    assert graph.fit("S01", propose=3).proposals == ()
    assert graph.fit("S02").proposals == ()


def test_an_answer_shows_the_best_of_what_compose_lists(graph):
    assert graph.fit("S09", propose=2).proposals == graph.compose("S09").proposals[:2]


def test_what_nearly_fits_says_what_it_would_have_to_take_on(graph):
    found = graph.fit("S02", propose=2)
    assert [(x.option, x.task, x.states, x.tools, x.gaps) for x in found.extensions] == [
        ("jef", ("SAR",), (), ("arctic-sar-agreement",), ()),
        ("nato", ("SAR",), (), ("arctic-sar-agreement",), ()),
    ]
    line = (
        "Joint Expeditionary Force: nobody need join: its participants could plausibly bring SAR if it took that on; "
        "or beside Arctic Search and Rescue Agreement"
    )
    assert f"  · {line}\n" in render_fit.as_text(found)
    assert f"- {line}\n" in render_fit.as_markdown(found)
    assert json.loads(render_fit.as_json(found))["extensions"][0]["beside"] == ["arctic-sar-agreement"]


def test_who_joins_brings_their_law_along(graph):
    accra = next(x for x in graph.fit("S09", propose=3).extensions if x.option == "accra-initiative")
    assert accra.states == ("DEU", "ITA")  # of those who train, the two that share most small formats with each other
    assert "Germany: Mandate of the Bundestag and preference for a United Nations mandate" in accra.conditions
    assert "Accra Initiative: by invitation of its participants" in accra.conditions


def test_an_answer_with_full_cover_extends_nothing(graph):
    assert graph.fit("S01", propose=3).extensions == ()


def test_a_neutral_state_in_a_new_grouping_is_named(graph):
    first = graph.compose("S01", include=["IRL"], limit=1).proposals[0]
    assert "Ireland: Military neutrality of Ireland and the triple lock" in first.conditions
