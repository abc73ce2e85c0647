"""Validation beside pySHACL: `python bench/validate.py [SIZE …]`, by default 10000 100000 1000000 triples.

The same data and shapes, both made here from a seed, through this package and through pySHACL, each as a whole process
that reads files and finds results; `minilat validate` also finds line and column of each, which pySHACL does not.
Among the shapes are two constraints in SPARQL. Where both run, their
results must be the same set, else the program stops with an error. pySHACL is left out above 100000 triples. Nothing
here is a test: seconds differ between machines, so compare the ratios within one run.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEED = 20261124
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Person a sh:NodeShape ; sh:targetClass ex:PersonClass ;
  sh:property ex:name , ex:age , ex:knows , ex:member ; sh:sparql ex:no-mutual-twin , ex:joins-after-founding .
ex:name a sh:PropertyShape ; sh:path ex:label ; sh:minCount 1 ; sh:minLength 2 ; sh:message "A person has a label." .
ex:age a sh:PropertyShape ; sh:path ex:years ; sh:datatype xsd:integer ; sh:maxInclusive 120 ;
  sh:message "An age is a number up to 120." .
ex:knows a sh:PropertyShape ; sh:path ex:friend ; sh:class ex:PersonClass ; sh:message "A friend is a person." .
ex:member a sh:PropertyShape ; sh:path ex:memberOf ; sh:maxCount 2 ; sh:nodeKind sh:IRI ; sh:severity sh:Warning ;
  sh:message "At most two memberships." .
ex:no-mutual-twin a sh:SPARQLConstraint ; sh:prefixes ex:prefixes ;
  sh:message "Nobody in the group of {?value} has the same label twice over." ;
  sh:select \"\"\"SELECT $this ?value WHERE {
    $this ex:friend ?value . ?value ex:label ?label . $this ex:label ?label . FILTER($this != ?value) }\"\"\" .
ex:joins-after-founding a sh:SPARQLConstraint ; sh:prefixes ex:prefixes ;
  sh:message "The group {?value} has no founder who is a member of it too." ;
  sh:select \"\"\"SELECT $this ?value WHERE {
    $this ex:memberOf ?value . FILTER NOT EXISTS { ?value ex:founder ?founder . ?founder ex:memberOf ?value } }\"\"\" .
"""
OURS = [sys.executable, "-m", "kg.cli", "validate"]
RESULTS = """
import sys
from pathlib import Path
from kg.validate import engines
from kg.validate.triples import Triples
print(len(engines.run(Triples.read([Path(sys.argv[1])]), Triples.read([Path(sys.argv[2])]), "rust", apart=True)))
"""
THEIRS = """
import json, sys
import pyshacl, rdflib
data, shapes = (rdflib.Graph().parse(p) for p in sys.argv[1:3])
_, report, _ = pyshacl.validate(data, shacl_graph=shapes)
names = (rdflib.SH.focusNode, rdflib.SH.value, rdflib.SH.sourceShape, rdflib.SH.resultMessage)
found = report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)
rows = [[str(report.value(x, n) or "") for n in names] for x in found]
json.dump(rows, open(sys.argv[3], "w"))
"""
MEASURE = """
import resource, subprocess, sys, threading, time

def tree(pid):
    try:
        with open(f"/proc/{pid}/statm") as statm, open(f"/proc/{pid}/task/{pid}/children") as children:
            return int(statm.read().split()[1]) + sum(tree(int(c)) for c in children.read().split())
    except (OSError, ValueError):
        return 0

peak, begin = 0, time.perf_counter()
with open(sys.argv[1], "wb") as out, subprocess.Popen(sys.argv[2:], stdout=out) as process:
    while process.poll() is None:
        peak = max(peak, tree(process.pid))
        time.sleep(0.02)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(process.returncode, time.perf_counter() - begin, used.ru_utime + used.ru_stime,
      max(peak * resource.getpagesize() // 1024, used.ru_maxrss))
"""


def data(size: int, seed: int = SEED) -> str:
    """About SIZE triples of people and groups as Turtle, one person in two hundred with something wrong."""
    rng = random.Random(seed)
    people, groups = size * 9 // 50, max(2, size // 100)
    lines = ["@prefix ex: <http://example.org/> .\n"]
    for g in range(groups):
        lines.append(f"ex:g{g} a ex:Group ; ex:founder ex:p{g} .\n")
    for p in range(people):
        wrong = rng.random()
        friend = rng.randrange(people) if wrong > 0.001 else 0
        label = f'"person {p}"' if wrong > 0.002 or wrong < 0.001 else '"x"'
        years = rng.randrange(100) if not 0.002 <= wrong < 0.003 else 130
        member = [p if p < groups else rng.randrange(groups)] + [rng.randrange(groups)] * (wrong > 0.9)
        text = f"ex:p{p} a ex:PersonClass ; ex:label {label} ; ex:years {years} ; ex:friend ex:p{friend}"
        if 0.003 <= wrong < 0.004:
            text += f" ; ex:friend ex:g{rng.randrange(groups)}"
        lines.append(text + "".join(f" ; ex:memberOf ex:g{g}" for g in dict.fromkeys(member)) + " .\n")
    # Some groups whose founder left, and friends of one name.
    for g in range(0, groups, 97):
        lines.append(
            f"ex:g{groups + g} a ex:Group ; ex:founder ex:p{g} .\nex:p{groups + g} ex:memberOf ex:g{groups + g} .\n"
        )
        lines.append(f'ex:p{g} ex:friend ex:p{g + 1} ; ex:label "person {g + 1}" .\n')
    return "".join(lines)


def measured(command: list[str], out: Path) -> tuple[int, float, float, float]:
    """Exit code, wall seconds, processor seconds and megabytes of COMMAND with its children, its output in OUT."""
    run = [sys.executable, "-c", MEASURE, str(out), *command]
    done = subprocess.run(
        run, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    code, wall, used, memory = done.stdout.split()
    return int(code), float(wall), float(used), float(memory) / 1024


def main() -> None:
    """Print a row for each size; stop where the results differ."""
    sizes = [int(s) for s in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    print(f"{'':>19}{'minilat validate':>24}{'results only':>24}{'pySHACL':>16}{'ratio, results':>16}")
    print(
        f"{'triples':>10}{'results':>9}"
        + f"{'s':>8}{'cpu s':>8}{'MB':>8}" * 2
        + f"{'s':>8}{'cpu s':>8}{'s':>8}{'cpu s':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
        (place / "theirs.py").write_text(THEIRS, encoding="utf-8")
        for size in sizes:
            text = data(size)
            triples = text.count(" ; ") + text.count(" .\n") - 1
            (place / "data.ttl").write_text(text, encoding="utf-8")
            files = [str(place / "data.ttl"), str(place / "shapes.ttl")]
            ours = [*OURS, files[0], "--shapes", files[1], "--format", "json"]
            code, wall, used, memory = measured(ours, place / "ours.json")
            assert code in (0, 1), f"minilat ended with {code}"
            found = json.loads((place / "ours.json").read_text(encoding="utf-8"))["findings"]
            mine = {(f["focus"], f["shape"], f["message"]) for f in found}
            bare = measured([sys.executable, "-c", RESULTS, *files], place / "count")
            assert int((place / "count").read_text(encoding="utf-8")) == len(found)
            row = f"{triples:>10}{len(found):>9}{wall:>8.2f}{used:>8.2f}{memory:>8.0f}"
            row += f"{bare[1]:>8.2f}{bare[2]:>8.2f}{bare[3]:>8.0f}"
            if size > 100_000:
                print(row, flush=True)
                continue
            theirs = [sys.executable, str(place / "theirs.py"), *files, str(place / "theirs.json")]
            _, slow, slow_used, _ = measured(theirs, place / "nothing")
            rows = json.loads((place / "theirs.json").read_text(encoding="utf-8"))
            reference = {(focus, shape, message) for focus, _, shape, message in rows}
            assert mine == reference, f"the results differ: {sorted(mine ^ reference)[:4]}"
            ratios = f"{slow / bare[1]:>7.0f}×{slow_used / bare[2]:>7.0f}×"
            print(f"{row}{slow:>8.1f}{slow_used:>8.1f}{ratios}", flush=True)
    begin = time.perf_counter()
    subprocess.run(OURS, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"\nminilat validate, all shipped data: {time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
