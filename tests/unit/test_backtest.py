"""The back-test: exact figures, a table that says what is wrong with it, and nothing that knows the answer."""

import json
import math
from itertools import permutations
from pathlib import Path

import pytest

from kg import backtest, build, files
from kg.backtest import Case, Outcome, Score, clopper_pearson, expected, rate, total
from kg.errors import MinilatError
from kg.render import backtest as render
from kg.render.tables import dump

TABLE = files.ROOT / "bench" / "cases" / "cases.tsv"
pytestmark = pytest.mark.skipif(not TABLE.is_file(), reason="the table of past challenges is not part of the package")


@pytest.fixture(scope="module")
def names():
    """All facts, without inference."""
    return build.load([*files.ontology(), *files.data()])


@pytest.fixture(scope="module")
def cases(names):
    return backtest.read(TABLE, names)


@pytest.fixture(scope="module")
def two():
    """Two real cases: one the method meets, one it cannot; with a composer that always says the same."""
    asked = []

    def compose(graph, challenge):
        asked.append((graph.as_of.isoformat(), challenge))
        return [frozenset({"AUS", "NZL", "FRA"}), frozenset({"USA"})]

    return backtest.run(TABLE, compose=compose, only=("georgia-ceasefire-2008", "solomon-islands-2003")), asked


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    [
        (0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0), (1, 10, 0.0025, 0.4450),
        (1, 1, 0.025, 1.0), (0, 1, 0.0, 0.975), (15, 20, 0.5090, 0.9134), (0, 0, 0.0, 1.0),
    ],
)  # fmt: skip
def test_exact_intervals_agree_with_published_ones(hits, cases, low, high):
    assert clopper_pearson(hits, cases) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_without_hits_has_a_closed_form():
    assert clopper_pearson(0, 7)[1] == pytest.approx(1 - 0.025 ** (1 / 7))


@pytest.mark.parametrize("groups", [[(5, 1)], [(5, 2)], [(2, 0), (4, 3)], [(1, 0), (3, 1), (2, 2)], [(3, 0)], []])
def test_expected_places_agree_with_counting_all_orders(groups):
    def orders(rest):
        if not rest:
            yield ()
            return
        size, right = rest[0]
        for one in permutations([True] * right + [False] * (size - right)):
            for other in orders(rest[1:]):
                yield one + other

    places = [o.index(True) + 1 if True in o else math.inf for o in orders(groups)]
    counted = [sum(p <= k for p in places) / len(places) for k in (1, 3, 5)]
    assert expected(groups) == pytest.approx(Score(*counted, sum(1 / p for p in places) / len(places)))


def outcome(kind, rank, *, full=1, accepted=("nato",), verdict="full", jaccard=None, hindsight=()):
    case = Case("x", "dev", None, kind, (), Path("x.ttl"), accepted, (), "")
    score = Score(0, 0, 0, 0) if rank is None else Score(rank <= 1, rank <= 3, rank <= 5, 1 / rank)
    simple = dict.fromkeys(backtest.BASELINES, Score(0, 0.5, 1, 0.25))
    return Outcome(case, "", 9, 9, full, (), "", rank, score, dict.fromkeys(accepted, verdict), not full, jaccard,
                   (), simple, hindsight, (), ())  # fmt: skip


def test_totals_of_an_invented_table_are_exact():
    found = total("dev", [
        outcome("positive", 1), outcome("positive", 4, hindsight=("st:x",)),
        outcome("positive", None, full=0, verdict="ineligible"), outcome("positive", 2, jaccard=0.5),
        outcome("positive", None, full=0, accepted=(), jaccard=0.0), outcome("negative", None, full=0, accepted=()),
        outcome("negative", None, accepted=()),
    ])  # fmt: skip
    assert {k: (r.hits, r.cases) for k, r in found.recall.items()} == {1: (1, 4), 3: (2, 4), 5: (3, 4)}
    assert found.method == pytest.approx((0.25, 0.5, 0.75, (1 + 1 / 4 + 1 / 2) / 4))
    assert found.admitted == rate(3, 4)
    assert found.dated == rate(2, 3)
    assert found.abstention == rate(1, 2)
    assert found.abstention_positive == rate(2, 5)
    assert (found.jaccard, found.proposals) == (0.25, 2)
    assert set(found.baselines.values()) == {Score(0, 0.5, 1, 0.25)}


def test_nothing_asked_gives_no_figures():
    found = total("test", [])
    assert found.method is None
    assert found.jaccard is None
    assert set(found.baselines.values()) == {None}


def test_two_real_cases(two):
    found, asked = two
    solomons, georgia = found.outcomes
    assert (georgia.first, georgia.rank, georgia.verdicts["osce"]) == ("osce", 1, "full")
    assert (solomons.rank, solomons.verdicts, solomons.placed) == (None, {}, len(solomons.leading))
    assert solomons.jaccard == pytest.approx(2 / 6)
    assert georgia.jaccard is None
    assert [(d, c.rpartition("/")[2]) for d, c in asked] == [("2003-04-21", "past-solomon-islands-2003")]
    assert [(t.split, t.cases) for t in found.totals] == [("dev", 1), ("test", 1), ("all", 2)]


def test_every_way_of_writing_holds_every_case(two):
    found, _ = two
    data = json.loads(render.as_json(found))
    assert [o["case"]["id"] for o in data["outcomes"]] == ["solomon-islands-2003", "georgia-ceasefire-2008"]
    assert data["outcomes"][1]["score"] == {"hit1": 1, "hit3": 1, "hit5": 1, "reciprocal": 1}
    assert dump(data) + "\n" == render.as_json(found)
    for text in (render.as_text(found), render.as_markdown(found)):
        assert "georgia-ceasefire-2008" in text
        assert "1/1 [0.03, 1.00]" in text


def test_what_is_hidden_is_in_no_answer(cases):
    """The law against leakage, on a day on which both would be seen: hidden, neither is an option nor named."""
    base = next(c for c in cases if c.id == "somali-piracy-2008")
    late = Case(**{**base.__dict__, "as_of": backtest.dates.day("2013-06-30")})
    seen = backtest.graph_for(Case(**{**late.__dict__, "hide": ()})).fit_file(base.challenge)
    assert set(base.hide) <= {o.id for o in seen.options}
    graph = backtest.graph_for(late)
    answer = graph.fit_file(base.challenge)
    assert not set(base.hide) & {o.id for o in answer.options}
    assert not any(
        name in e for o in answer.options for v in o.criteria.values() for e in v.evidence for name in base.hide
    )
    assert backtest._leaks(graph.store, base.hide) == ()


def test_strict_leaves_out_what_only_later_sources_say(cases):
    case = next(c for c in cases if c.id == "pakistan-earthquake-2005")
    graph = backtest.graph_for(case, strict=True)
    assert backtest.hindsight(graph.store, case.as_of) == set()
    assert graph.store.ask("ASK { ?offer a mlo:CapabilityOffer }")


def test_the_table_keeps_its_own_rules(cases):
    assert 16 <= len(cases) <= 24
    assert [c.as_of for c in cases] == sorted(c.as_of for c in cases)
    for kind in backtest.KINDS:
        splits = [c.split for c in cases if c.kind == kind]
        assert splits == [backtest.SPLITS[i % 2] for i in range(len(splits))]
    assert all(c.accepted or c.founders for c in cases if c.kind == "positive")
    used = {line.split("\t")[5] for line in TABLE.read_text(encoding="utf-8").splitlines() if "\t" in line}
    assert used - {"challenge"} == {p.name for p in TABLE.parent.glob("*.ttl")}


def test_no_response_of_a_case_is_seen_on_its_day(cases, names):
    """No accepted arrangement has a response to the same threat that is dated so roughly that it may be the case itself."""
    query = """SELECT ?a ?begin ?e ?t WHERE {
      ?e a mlo:ResponseEpisode ; mlo:arrangement ?a ; mlo:begin ?begin ; mlo:threat ?t }"""
    rows = [{k: str(v).rpartition("/")[2] for k, v in r.items()} for r in names.rows(query)]
    for case in cases:
        text = case.challenge.read_text(encoding="utf-8")
        unsure = [
            r["e"]
            for r in rows
            if r["a"] in case.accepted and len(r["begin"]) < 10 and case.as_of.isoformat().startswith(r["begin"])
            and f"threat:{r['t']} " in text
        ]  # fmt: skip
        assert not unsure, (case.id, unsure)


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("2008-08-11", "2008-08", "as_of: '2008-08' is not a day", "2013-06-30"),
        ("eu,osce", "eu,osze", "accepted: no 'osze'", "'osce'"),
        ("eu,osce", "eu,euma", "accepted: 'euma' had not begun by 2008-08-11", "2023-02-20"),
        ("eu,osce", "eu,eumm-georgia", "'eumm-georgia' had not begun", "under hide"),
        ("eumm-georgia,nato-georgia-commission", "osce", "'osce' is both accepted and hidden", ""),
        ("eumm-georgia,nato", "eum-georgia,nato", "hide: no 'eum-georgia'", "'eumm-georgia'"),
        ("\ttest\t2008", "\ttes\t2008", "split: no 'tes'", "'test'"),
        ("\tpositive\teumm", "\tpositiv\teumm", "kind: no 'positiv'", "'positive'"),
        ("\tpositive\teumm", "\t\teumm", "kind: no ''", "negative"),
        ("\tpositive\teumm", "\tnegative\teumm", "a negative case has accepted arrangements", ""),
        ("georgia-ceasefire-2008.ttl", "georgia-ceasefire.ttl", "challenge: no 'georgia-ceasefire.ttl'", "2008.ttl"),
        ("AUS,FJI", "AUT,FJX", "founders: no 'FJX'", "FJI"),
        ("macedonia-weapons-2001\t", "kosovo-peace-1999\t", "the id 'kosovo-peace-1999' is used twice", ""),
        ("\taccepted\t", "\tacepted\t", "no column 'accepted'", "'acepted'"),
        ("\tpositive\teumm", "\tpositive eumm", "9 cells, not 10", "tab"),
    ],
)
def test_a_bad_table_names_the_row_and_the_closest_word(names, tmp_path, old, new, message, hint):
    for path in TABLE.parent.glob("*.ttl"):
        (tmp_path / path.name).symlink_to(path)
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    table = tmp_path / "cases.tsv"
    table.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MinilatError) as caught:
        backtest.read(table, names)
    assert caught.value.code == "E087"
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "row" in caught.value.where or "column" in message


def test_a_missing_or_empty_table_says_so(names, tmp_path):
    with pytest.raises(MinilatError, match="cannot read the table"):
        backtest.read(tmp_path / "none.tsv", names)
    (tmp_path / "empty.tsv").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(MinilatError, match="the table is empty"):
        backtest.read(tmp_path / "empty.tsv", names)


def test_a_case_that_is_not_there_names_the_closest():
    with pytest.raises(MinilatError) as caught:
        backtest.run(TABLE, only=("georgia-2008",))
    assert (caught.value.code, "georgia-ceasefire-2008" in caught.value.hint) == ("E087", True)
