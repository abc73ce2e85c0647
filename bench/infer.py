"""The same closure of the same data by several engines, one process each: `python bench/infer.py [SIZE …]`.

A vocabulary (classes in a tree, a transitive, a symmetric, a sub- and an inverse property) and SIZE generated triples
with a fixed seed. The rules are ours in SPARQL, the same in Nemo's language and as SHACL-AF; owlrl and reasonable read
the vocabulary as OWL. What engines add beyond these rules (reflexive classes, owl:Thing …) is left out: compared as
sets are triples with a property, or a class, of the vocabulary. Told are wall and processor time from the file to the
closure, and the largest memory of the process. Peers are asked where they are installed (owlrl, pyshacl, reasonable,
nemo-python). Then one statement is withdrawn in our store and the closure follows (kg.increment), against a full run.
"""

from __future__ import annotations

import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kg import catalogue, infer, portable
from kg.increment import Upkeep
from kg.names import PREFIXES
from kg.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.catalogue import Entry

EX = "http://example.org/"
SEED = 7
RULES = {
    "R901": "CONSTRUCT { ?c rdfs:subClassOf ?e } WHERE { ?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e }",
    "R902": "CONSTRUCT { ?x a ?d } WHERE { ?x a ?c . ?c rdfs:subClassOf ?d }",
    "R903": "CONSTRUCT { ?x ex:partOf ?z } WHERE { ?x ex:partOf ?y . ?y ex:partOf ?z }",
    "R904": "CONSTRUCT { ?y ex:near ?x } WHERE { ?x ex:near ?y }",
    "R905": "CONSTRUCT { ?x ex:linkedTo ?y } WHERE { ?x ex:memberOf ?y }",
    "R906": "CONSTRUCT { ?y ex:hasPart ?x } WHERE { ?x ex:partOf ?y }",
}
NEMO = """@prefix rdf: <{rdf}> .
@prefix rdfs: <{rdfs}> .
@prefix ex: <{ex}> .
@import triple :- ntriples {{ resource = "{file}" }} .
t(?s, ?p, ?o) :- triple(?s, ?p, ?o) .
t(?c, rdfs:subClassOf, ?e) :- t(?c, rdfs:subClassOf, ?d), t(?d, rdfs:subClassOf, ?e) .
t(?x, rdf:type, ?d) :- t(?x, rdf:type, ?c), t(?c, rdfs:subClassOf, ?d) .
t(?x, ex:partOf, ?z) :- t(?x, ex:partOf, ?y), t(?y, ex:partOf, ?z) .
t(?y, ex:near, ?x) :- t(?x, ex:near, ?y) .
t(?x, ex:linkedTo, ?y) :- t(?x, ex:memberOf, ?y) .
t(?y, ex:hasPart, ?x) :- t(?x, ex:partOf, ?y) .
@output t .
"""
SLOW = {"owlrl": 100_000, "pyshacl": 100_000}
"""The largest size an engine is asked about: beyond it takes many minutes."""
LIMIT = 600
# The rules stand in a folder of their own, as those of a user do; bounds on what strangers bring are not in question.
infer.OWN_FACTS, infer.OWN_SECONDS = infer.MAX_FACTS, None  # type: ignore[misc, assignment]


def generated(size: int) -> Iterator[str]:
    """The vocabulary and about SIZE triples in N-Triples."""
    rng = random.Random(SEED)
    rdf, rdfs, owl = (PREFIXES[n] for n in ("rdf", "rdfs", "owl"))
    classes = 200
    for i in range(1, classes):
        yield f"<{EX}C{i}> <{rdfs}subClassOf> <{EX}C{(i - 1) // 3}> ."
    for name, kind in (("partOf", "TransitiveProperty"), ("near", "SymmetricProperty")):
        yield f"<{EX}{name}> <{rdf}type> <{owl}{kind}> ."
    yield f"<{EX}memberOf> <{rdfs}subPropertyOf> <{EX}linkedTo> ."
    yield f"<{EX}hasPart> <{owl}inverseOf> <{EX}partOf> ."
    things = size // 3
    for i in range(things):
        yield f"<{EX}x{i}> <{rdf}type> <{EX}C{rng.randrange(classes)}> ."
        kind = rng.randrange(3)
        if kind == 0 and i % 6:
            yield f"<{EX}x{i}> <{EX}partOf> <{EX}x{i - i % 6 + rng.randrange(i % 6)}> ."
        else:
            yield f"<{EX}x{i}> <{EX}{('near', 'memberOf')[kind % 2]}> <{EX}x{rng.randrange(things)}> ."
        yield f'<{EX}x{i}> <{rdfs}label> "thing {i}" .'


def rules(folder: Path) -> list[Entry]:
    """The rules as entries read from files in FOLDER."""
    found = []
    for code, text in RULES.items():
        path = folder / f"{code}-rule.rq"
        path.write_text(f"# id: {code}\n# title: {code}\nPREFIX ex: <{EX}>\n{text}\n", encoding="utf-8")
        found.append(catalogue.read(path))
    return found


def kept(triples: Iterable[tuple[str, str, str]]) -> set[str]:
    """Those of TRIPLES, terms as N-Triples, that the comparison is about."""
    kind, mine = f"<{PREFIXES['rdf']}type>", f"<{EX}"
    return {
        f"{s} {p} {o}"
        for s, p, o in triples
        if s.startswith(mine) and o.startswith(mine) and (p.startswith(mine) or p == kind)
    }


def minilat(file: Path) -> Iterable[tuple[str, str, str]]:
    """Our engine."""
    store = Store.from_ntriples(file.read_bytes())
    infer.close(store, {}, rules(file.parent))
    return _terms(store)


def _terms(store: Store) -> Iterable[tuple[str, str, str]]:
    # A generator, so that what is told of the engine ends with the closure.
    for s, p, o in store.match(None, None, None):
        yield str(s), str(p), str(o)


def nemo(file: Path) -> Iterable[tuple[str, str, str]]:
    """Nemo through its Python binding."""
    import nmo_python

    program = NEMO.format(rdf=PREFIXES["rdf"], rdfs=PREFIXES["rdfs"], ex=EX, file=file)
    engine = nmo_python.NemoEngine(nmo_python.load_string(program))
    engine.reason()
    return (tuple(t if t.startswith(("<", '"')) else f"<{t}>" for t in map(str, row)) for row in engine.result("t"))


def reasonable(file: Path) -> Iterable[tuple[str, str, str]]:
    """Reasonable, OWL RL in Rust."""
    import reasonable as peer

    reasoner = peer.PyReasoner()
    reasoner.load_file(str(file.with_suffix(".ttl")))
    return ((t.n3() for t in triple) for triple in reasoner.reason())


def owlrl(file: Path) -> Iterable[tuple[str, str, str]]:
    """owlrl, OWL RL in Python over rdflib."""
    import owlrl as peer
    from rdflib import Graph

    graph = Graph().parse(file, format="nt")
    peer.DeductiveClosure(peer.OWLRL_Semantics).expand(graph)
    return (tuple(t.n3() for t in triple) for triple in graph)


def pyshacl(file: Path) -> Iterable[tuple[str, str, str]]:
    """The same rules as SHACL-AF in pySHACL."""
    from pyshacl import shacl_rules
    from rdflib import Graph

    shapes = Graph().parse(data=portable.shacl(rules(file.parent), {}), format="turtle")
    data = Graph().parse(file, format="nt")
    found = shacl_rules(data, shacl_graph=shapes, advanced=True, inplace=True, iterate_rules=True)
    return (tuple(t.n3() for t in quad[:3]) for quad in found)


ENGINES = {"minilat": minilat, "nemo": nemo, "reasonable": reasonable, "owlrl": owlrl, "pyshacl": pyshacl}


def child(name: str, file: Path) -> None:
    """One engine on one file: wall and processor seconds, memory in MB, size and fingerprint of the closure."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = ENGINES[name](file)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    triples = kept(tuple(t) for t in found)
    print(wall, cpu, memory, len(triples), hashlib.sha256("\n".join(sorted(triples)).encode()).hexdigest()[:12])


def increments(file: Path) -> str:
    """One statement withdrawn and stated again, against a full run."""
    entries = rules(file.parent)
    stated = Store.from_ntriples(file.read_bytes())
    store = stated.copy()
    begin = time.process_time()
    infer.saturate(store, {}, entries)
    full = time.process_time() - begin
    home = PREFIXES["graph"] + "home"
    gone = next(f for f in store.match(None, None, None) if str(f[1]) == f"<{EX}partOf>")
    store.put([gone], home)  # what comes from N-Triples stands in the union alone
    upkeep = Upkeep(store, entries, {})
    begin = time.process_time()
    upkeep.change(drop=[gone], graph=home)
    upkeep.change(add=[gone], graph=home)
    once = (time.process_time() - begin) / 2
    return f"one statement: {once * 1000:.1f} ms, {100 * once / full:.3f} % of a full run ({full:.2f} s processor)"


def main(sizes: list[int]) -> None:
    """Every engine on every size; ratios are to ours."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            file = Path(folder) / f"{size}.nt"
            for path in (file, file.with_suffix(".ttl")):  # one engine reads by the ending of the name
                path.write_text("\n".join(generated(size)) + "\n", encoding="utf-8")
            print(f"\n{size} triples")
            ours: tuple[float, str] | None = None
            for name in ENGINES:
                if size > SLOW.get(name, size):
                    print(f"  {name:<11} not asked at this size")
                    continue
                command = [sys.executable, __file__, "--child", name, str(file)]
                try:
                    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
                except subprocess.TimeoutExpired:
                    print(f"  {name:<11} not done in {LIMIT} s")
                    continue
                if done.returncode:
                    print(f"  {name:<11} {done.stderr.strip().splitlines()[-1][:120]}")
                    continue
                wall, cpu, memory, count, mark = done.stdout.split()
                ours = ours or (float(cpu), mark)
                same = "same closure" if mark == ours[1] else "ANOTHER CLOSURE"
                ratio = float(cpu) / ours[0]
                print(f"  {name:<11} {float(wall):8.2f} s wall {float(cpu):8.2f} s processor "
                      f"{ratio:7.2f} x  {memory:>6} MB  {count:>9} triples  {same}")  # fmt: skip
            print(f"  {increments(file)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        main([int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
