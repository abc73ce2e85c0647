"""The library's front door: a graph cut for one day, and everything one can ask of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import answer, build, catalogue, dates, files, lookup, releases, rulebook, stocktake, timeline, validate, weak
from kg.beyond import beyond
from kg.errors import MinilatError
from kg.fit import assess, challenges_in
from kg.names import graph_name
from kg.records import Card, FitAnswer, Table, Thing
from kg.store import iri_term

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from kg.catalogue import Entry
    from kg.decisive import Tested
    from kg.proof import Proof, WhyNot
    from kg.prove import Prover
    from kg.records import Composed
    from kg.stocktake import Stocktake
    from kg.store import Row, Store
    from kg.timeline import Timeline
    from kg.whatif.diff import Difference


class Graph:
    """The knowledge graph as it was on one day.

    >>> graph = Graph.load(as_of="2016-06-30")      # doctest: +SKIP
    >>> len(graph.members("jef").rows)              # doctest: +SKIP
    7
    """

    def __init__(self, store: Store, as_of: date, supposed: str = "", own: Sequence[Entry] = ()) -> None:
        self._store = store
        self.as_of = as_of
        self.supposed = supposed
        self._own = tuple(own)

    @classmethod
    def load(
        cls,
        as_of: date | str | None = None,
        *,
        hide: Iterable[str] = (),
        cache: bool = True,
        what_if: str | None = None,
        rules: Path | str | None = None,
        least: str | None = None,
    ) -> Graph:
        """The shipped graph cut for the day AS_OF (today by default), without the arrangements HIDE.

        WHAT_IF is a scenario in words or the path of one (docs/reasoning.md); without a day the latest day it names
        counts, where that lies ahead. RULES is a folder of rules that run beside the shipped ones. With LEAST (high or
        medium) statements of less confidence are left out. Of scenarios and of graphs with LEAST nothing is kept.
        Raises MinilatError E020 (not a day), E002 (no such arrangement to hide), E070 (the cache cannot be written),
        E024 (LEAST), E120–E122 (a scenario that cannot be used), or what kg.rulebook.own raises.
        """
        from kg import whatif

        own = () if rules is None else rulebook.own(Path(rules))
        supposed = None if what_if is None else whatif.scenario(what_if)
        ahead = (None if supposed is None else supposed.latest()) or dates.today()
        when = max(dates.today(), ahead) if as_of is None else as_of
        when = dates.day(when, option="as_of") if isinstance(when, str) else when
        hidden: list[Path] = []
        wanted = [h for h in hide if h]
        if wanted:
            names = build.cached(when) if cache else build.fresh(when)
            hidden = [_file_of(names, lookup.find(names, "arrangement", h)) for h in wanted]
        if supposed is not None:
            return cls(
                whatif.apply(supposed, when, without=hidden, own=own).store,
                when,
                f"Supposed, not recorded: {supposed.title}",
                own,
            )
        if least is not None:
            return cls(*weak.without(when, least, without=hidden, own=own), own)
        store = (build.cached if cache else build.fresh)(when, without=hidden, own=own)
        return cls(store, when, own=own)

    @classmethod
    def release(cls, name: str, as_of: date | str | None = None, *, rules: Path | str | None = None) -> Graph:
        """The data of the release NAME (a folder, or a git tag or revision), cut for the day AS_OF by today's rules.

        RULES as in :meth:`load`. Raises MinilatError E020 (not a day), E150 or E151 (no such release), E031 (a file
        cannot be parsed), or what kg.rulebook.own raises.
        """
        own = () if rules is None else rulebook.own(Path(rules))
        when = dates.today() if as_of is None else dates.day(as_of, option="as_of") if isinstance(as_of, str) else as_of
        with releases.data(name) as root:
            return cls(build.of_data(root, when, own=own), when, own=own)

    def fit(
        self,
        challenge: str,
        *,
        prefer: str | None = None,
        method: str = "lexicographic",
        weights: Mapping[str, float] | None = None,
        propose: int = 0,
    ) -> FitAnswer:
        """Every option judged for the CHALLENGE (id, notation or name), best first; see docs/fit.md.

        When no option covers every must, up to PROPOSE of the smallest new groupings that would, and as many extensions
        of options that nearly do, are given with it.

        METHOD orders inside a class: lexicographic, promethee or electre; WEIGHTS (by criterion code) are for the
        last two. Raises MinilatError E001, E080, E081, E084 (weights) or E089 (method).
        """
        found = lookup.find(self._store, "challenge", challenge)
        judged = assess(self._store, found, as_of=self.as_of, prefer=prefer, method=method, weights=weights)
        return beyond(self._store, self._told(judged), propose)

    def fit_file(
        self,
        path: Path,
        *,
        prefer: str | None = None,
        method: str = "lexicographic",
        weights: Mapping[str, float] | None = None,
        propose: int = 0,
    ) -> FitAnswer:
        """The same for the one challenge described in the file at PATH, which is checked against the shapes first.

        Raises MinilatError E031 (syntax), E082 (not exactly one challenge) or E083 (it breaks the shapes).
        """
        name = graph_name(files.relative(path))
        store = self._store.copy()
        store.load(path, name, where=str(path))
        found = challenges_in(store, name)
        if len(found) != 1:
            raise MinilatError(
                "E082", f"the file describes {len(found)} challenges, not one", where=str(path),
                hint="one subject of type mlo:Challenge; see docs/fit.md",
            )  # fmt: skip
        report = validate.check([path])
        if errors := [f for f in report.findings if f.severity == "error"]:
            shown = "; ".join(f"{f.code} {f.message} ({f.focus})" for f in errors[:3])
            raise MinilatError("E083", shown, where=str(path), hint=f"`minilat validate {path}` shows all findings")
        judged = assess(store, found[0], as_of=self.as_of, prefer=prefer, method=method, weights=weights)
        return beyond(store, self._told(judged), propose)

    def _told(self, judged: FitAnswer) -> FitAnswer:
        return replace(judged, caveats=(self.supposed, *judged.caveats)) if self.supposed else judged

    def decisive(self, answer: FitAnswer, **options: Any) -> Tested:
        """Which weak statements under ANSWER would change a verdict, were they false; see kg.decisive.find."""
        from kg import decisive

        return decisive.find(self._store, self.as_of, answer, own=self._own, **options)

    def places(self, answer: FitAnswer) -> dict[str, dict[str, str]]:
        """What a map of ANSWER shows: affected states and participants of the first option, as code and name.

        The code is the ISO number, or XKX for Kosovo, which has none. Affected states of a challenge that is not in the
        graph are not known here and left out.
        """
        first = next((o for o in answer.options if o.rank is not None), None)
        found: dict[str, dict[str, str]] = {"affected": {}, "first": {}}
        entry = catalogue.question("Q005")
        assert entry is not None
        terms = {
            "challenge": iri_term(answer.challenge.iri),
            "arrangement": iri_term((first or answer.options[0]).thing.iri),
        }
        for row in self._store.rows(entry.bind(terms)):
            if row["role"] == "affected" or first is not None:
                role = "affected" if row["role"] == "affected" else "first"
                found[role][str(row["isoNumeric"] or row["iso3"])] = str(row["label"])
        return found

    @staticmethod
    def over(
        challenge: str,
        years: str | Iterable[date | str],
        *,
        prefer: str | None = None,
        cache: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> Timeline:
        """How the answer for CHALLENGE changed over YEARS: '2010..2026', or days; see kg.timeline.over."""
        return timeline.over(challenge, years, prefer, cache=cache, progress=progress)

    def compose(
        self,
        challenge: str,
        *,
        include: Collection[str] = (),
        exclude: Collection[str] = (),
        anchor: str | None = None,
        largest: int | None = None,
        extend: str | None = None,
        partner: bool = False,
        prefer: str = "none",
        limit: int = 10,
        seconds: float = 10.0,
        progress: Callable[[str], None] | None = None,
    ) -> Composed:
        """The smallest new groupings that would meet CHALLENGE; see docs/compose.md.

        With EXTEND, the smallest extension of that arrangement. INCLUDE and EXCLUDE name states (ISO code or name);
        ANCHOR is an id of data/anchors.ttl; LARGEST bounds the size; PARTNER asks for at least one partner of NATO;
        PREFER orders anchors (nato, eu, none).
        """
        from kg.compose import compose

        found = lookup.find(self._store, "challenge", challenge)
        inside, outside = ([self._iso3(s) for s in states] for states in (include, exclude))
        return compose(
            self._store,
            found,
            include=inside,
            exclude=outside,
            anchor=anchor,
            largest=largest,
            extend=None if extend is None else lookup.find(self._store, "arrangement", extend),
            partner=partner,
            prefer=prefer,
            limit=limit,
            seconds=seconds,
            progress=progress,
        )

    def _iso3(self, state: str) -> str:
        rows = list(
            self._store.rows(f"SELECT ?c WHERE {{ {iri_term(lookup.find(self._store, 'state', state))} mlo:iso3 ?c }}")
        )
        if not rows:
            raise MinilatError("E003", f"{state!r} is not a state", hint="give an ISO code or the name of a state")
        return str(rows[0]["c"])

    def thing(self, kind: str, name: str) -> Thing:
        """The thing of KIND called NAME: its IRI, id, notation and label."""
        return lookup.thing(self._store, lookup.find(self._store, kind, name))

    def members(self, arrangement: str, *, roles: str = "core") -> Table:
        """Who takes part in ARRANGEMENT on the day; ROLES is 'core' or 'all'."""
        return self._listing("Q001", "arrangement", arrangement, roles)

    def groups(self, state: str, *, roles: str = "core") -> Table:
        """In which arrangements STATE takes part on the day; ROLES is 'core' or 'all'."""
        return self._listing("Q002", "state", state, roles)

    def _listing(self, code: str, kind: str, name: str, roles: str) -> Table:
        if roles not in ("core", "all"):
            raise MinilatError("E055", f"no set of roles {roles!r}", hint="give core or all", where="--roles")
        found = lookup.find(self._store, kind, name)
        thing = lookup.thing(self._store, found)
        table = answer.table(self._store, code, {kind: name, "roles": roles}, self.as_of, thing.label)
        return Table(table.title, table.columns, table.rows, self._notes(found) if kind == "arrangement" else ())

    def _notes(self, arrangement: str) -> tuple[str, ...]:
        a = iri_term(arrangement)
        row = next(
            self._store.rows(
                f"""SELECT ?begun ?live ?begin ?end ?complete WHERE {{
                  OPTIONAL {{ {a} mlo:begunBy ?begun }}
                  OPTIONAL {{ {a} mlo:inForceOn ?live }}
                  OPTIONAL {{ {a} mlo:begin ?begin }}
                  OPTIONAL {{ {a} mlo:end ?end }}
                  OPTIONAL {{ {a} mlo:listComplete ?complete }} }}"""
            )
        )
        if not row["begun"]:
            return (f"did not exist yet on {self.as_of}: it began {row['begin']}",)
        if not row["live"]:
            return (f"had ended by {self.as_of}: {row['end']}",)
        return () if row["complete"] else ("the list is not complete; do not count it",)

    def stocktake(self, *, owner: str = "nato", days: Sequence[str] = (), months: int = 36) -> Stocktake:
        """The stock-take of the partners of OWNER, with the indices also on DAYS before; see kg.stocktake."""
        return stocktake.take(self._store, self.as_of, owner=owner, days=days, months=months)

    def doubts(self) -> Table:
        """What is doubted, marked for review or of low confidence, the record first on which most conclusions rest."""
        return stocktake.doubts(self._store, self.as_of)

    def known_as_of(self) -> str:
        """The latest day on which a statement of the graph was recorded, as YYYY-MM-DD; empty when there is none."""
        rows = self._store.rows("SELECT (MAX(?day) AS ?last) WHERE { ?s mlo:recorded ?day }")
        return str(next(rows, {}).get("last") or "")

    def why(self, *words: str, every: bool = False) -> Proof:
        """The proof of what WORDS ask about: OPTION CHALLENGE, ARRANGEMENT STATE, or a triple; see docs/reasoning.md.

        With EVERY, other derivations too. Raises MinilatError E110 (not a question), E113 (it does not hold) or E115.
        """
        from kg import reason

        return reason.why(self._prover(), self.as_of, words, every=every)

    def why_not(self, *words: str) -> WhyNot:
        """Why what WORDS ask about does not hold, and the smallest change under which it would; see :meth:`why`.

        Raises MinilatError E110, E115, E116 (it does hold) or E117 (no rule could yield it).
        """
        from kg import counterfactual, reason

        kind, things = reason.asked(self._store, words)
        if kind == "fit":
            return counterfactual.why_not(self._store, self.as_of, *things, own=self._own)
        return reason.why_not(self._prover(), self.as_of, words)

    def _prover(self) -> Prover:
        from kg.prove import Prover

        return Prover(self._store, self.as_of, rules=(*catalogue.rules(), *self._own))

    @staticmethod
    def diff(
        scenario: str,
        as_of: date | str | None = None,
        *,
        challenges: Iterable[str] | None = None,
        rules: Path | str | None = None,
        cache: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> Difference:
        """What SCENARIO (in words, or the path of one) changes on a day, also in the answers to CHALLENGES (all).

        RULES as in :meth:`load`. Raises what :meth:`load` raises, and E001 for a challenge that is not known.
        """
        from kg import whatif
        from kg.whatif.diff import difference

        own = () if rules is None else rulebook.own(Path(rules))
        supposed = whatif.scenario(scenario)
        day = dates.day(as_of, option="as_of") if isinstance(as_of, str) else as_of
        when = day or max(dates.today(), supposed.latest() or dates.today())
        after = whatif.apply(supposed, when, own=own)
        before = (build.cached if cache else build.fresh)(when, own=own)
        known = lookup.names(before, "challenge")
        wanted = sorted({i for iris in known.values() for i in iris}) if challenges is None else challenges
        found = [c if "//" in c else lookup.find(before, "challenge", c) for c in wanted]
        return difference(before, after, when, found, own=own, progress=progress)

    def show(self, name: str) -> Card:
        """Everything recorded and inferred about whatever NAME means."""
        _, found = lookup.find_any(self._store, name)
        entry = catalogue.question("Q003")
        assert entry is not None
        rows = self._store.rows(entry.bind({"thing": iri_term(found)}))
        facts = tuple((str(r["property"]), str(r["value"])) for r in rows)
        return Card(lookup.thing(self._store, found), facts)

    def list_kind(self, kind: str) -> Table:
        """All things of a KIND: arrangements, challenges, states, threats, capabilities, regions, sources, roles."""
        singular = {"capabilities" if k == "capability" else k + "s": k for k in lookup.kinds()}
        if kind not in singular:
            known = ", ".join(sorted(singular))
            raise MinilatError("E056", f"no kind {kind!r}", hint=f"known are {known}")
        return answer.table(self._store, "Q004", {"kind": singular[kind]}, self.as_of, kind)

    def query(self, text: str, **parameters: str) -> list[Row]:
        """The rows of a SELECT: a named query with PARAMETERS, or SPARQL text; prefixes need no declaration."""
        return list(self._store.rows(self.text(text, parameters)))

    def text(self, name: str, parameters: Mapping[str, str]) -> str:
        """The SPARQL of a named query with PARAMETERS bound, or NAME itself when it is SPARQL."""
        entry = catalogue.question(name)
        if entry is not None:
            return answer.bind(self._store, entry, parameters, self.as_of)
        if not any(mark in name for mark in "{ "):
            raise catalogue.no_question(name)
        return self.sparql(name, parameters)

    @staticmethod
    def sparql(text: str, parameters: Mapping[str, str]) -> str:
        """TEXT itself: only named queries take PARAMETERS (MinilatError E050)."""
        if parameters:
            raise MinilatError(
                "E050", "a query given as text takes no parameters", hint="write the values into the text"
            )
        return text

    @property
    def store(self) -> Store:
        """The store behind the graph; see kg.store."""
        return self._store

    def to_rdflib(self) -> Any:
        """An rdflib Graph over the same store: nothing is copied."""
        return self._store.rdflib()


def _file_of(store: Store, arrangement: str) -> Path:
    a = iri_term(arrangement)
    rows: Sequence[Row] = list(store.rows(f"SELECT ?g WHERE {{ GRAPH ?g {{ {a} mlo:listComplete ?any }} }}"))
    by_graph = {graph_name(files.relative(p)): p for p in files.data()}
    return by_graph[str(rows[0]["g"])]
