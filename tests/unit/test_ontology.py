"""The ontology and its code lists: parsed, documented, acyclic, consistent, inside OWL 2 RL, rightly aligned.

HermiT stops at literals of xsd:date, xsd:gYear and xsd:gYearMonth, which are not in the OWL 2 datatype map. The consistency
tests therefore call it with ignore_unsupported_datatypes: it then leaves out what says such a date. No axiom is about dates.
"""

import re
import shutil
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
VOCAB = ROOT.parent / "shared" / "opendata" / "conventions" / "vocab"
MLO = Namespace("https://w3id.org/minilat/ontology#")
EX = Namespace("https://example.org/")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

TERM_FILES = sorted(ONTOLOGY.glob("*.ttl"))
ALIGN_FILES = sorted((ONTOLOGY / "align").glob("*.ttl"))
ALL_FILES = TERM_FILES + ALIGN_FILES
CONCEPT_FILES = [
    ONTOLOGY / "codelists.ttl",
    ONTOLOGY / "roles.ttl",
    ROOT / "data" / "threats.ttl",
    ROOT / "data" / "capabilities.ttl",
]


def read(*paths):
    g = Graph()
    for p in paths:
        g.parse(p, format="turtle")
    return g


@pytest.fixture(scope="module")
def ontology():
    return read(*ALL_FILES)


# ---------------------------------------------------------------- (a) files


def test_every_file_is_there():
    assert {p.stem for p in TERM_FILES} >= {
        "core",
        "arrangements",
        "participation",
        "capability",
        "obstacles",
        "challenge",
        "slices",
        "assessment",
        "codelists",
        "roles",
    }
    assert {p.stem for p in ALIGN_FILES} == {"org", "skos", "prov", "time", "dcat", "eli", "schema", "wikidata", "cpov"}


@pytest.mark.parametrize("path", ALL_FILES + CONCEPT_FILES[2:], ids=lambda p: p.stem)
def test_file_parses_and_is_short(path):
    assert len(read(path)) > 0
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in ALL_FILES if p.stem not in ("codelists", "roles")], ids=lambda p: p.stem)
def test_ontology_header(path):
    g = read(path)
    headers = list(g.subjects(RDF.type, OWL.Ontology))
    assert len(headers) == 1
    version = str(g.value(headers[0], OWL.versionInfo))
    assert g.value(headers[0], OWL.versionIRI) == URIRef(f"{headers[0]}/{version}")
    for p in (DCTERMS.title, DCTERMS.license, DCTERMS.created):
        assert g.value(headers[0], p), p


def test_imports_lead_to_shipped_files(ontology):
    headers = set(ontology.subjects(RDF.type, OWL.Ontology))
    assert set(ontology.objects(None, OWL.imports)) <= headers
    assert len({str(v) for v in ontology.objects(None, OWL.versionInfo)}) == 1


# ---------------------------------------------------------------- (b) terms

TERM_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def declared(g):
    return {s for t in TERM_TYPES for s in g.subjects(RDF.type, t) if str(s).startswith(str(MLO))}


def undocumented(g):
    headers = set(g.subjects(RDF.type, OWL.Ontology))
    for t in sorted(declared(g)):
        for p in (RDFS.label, SKOS.definition):
            values = [v for v in g.objects(t, p) if isinstance(v, Literal) and v.language == "en" and v.strip()]
            if len(values) != 1:
                yield t, p
        if len(set(g.objects(t, RDFS.isDefinedBy)) & headers) != 1:
            yield t, RDFS.isDefinedBy


def test_every_term_is_documented(ontology):
    assert len(declared(ontology)) > 100
    assert list(undocumented(ontology)) == []


def test_definition_is_one_sentence(ontology):
    for t in declared(ontology):
        d = str(ontology.value(t, SKOS.definition))
        assert d.endswith("."), f"{t}: {d}"
        assert ". " not in d, f"{t}: {d}"


def test_undocumented_term_is_found():
    g = Graph()
    g.add((MLO.Nameless, RDF.type, OWL.Class))
    assert len(list(undocumented(g))) == 3


def test_every_used_term_is_declared_once(ontology):
    used = {x for triple in ontology for x in triple if isinstance(x, URIRef) and str(x).startswith(str(MLO))} - {
        URIRef(str(MLO))
    }
    assert used - declared(ontology) == set()
    kinds = {t: [k for k in TERM_TYPES if (t, RDF.type, k) in ontology] for t in used}
    assert {t: k for t, k in kinds.items() if len(k) != 1} == {}


# ---------------------------------------------------------------- (c) concepts


@pytest.fixture(scope="module")
def concepts():
    return read(*CONCEPT_FILES)


def test_every_concept_is_complete(concepts):
    schemes = set(concepts.subjects(RDF.type, SKOS.ConceptScheme))
    members = set(concepts.subjects(RDF.type, SKOS.Concept))
    assert len(schemes) > 20
    assert len(members) > 200
    bad = [
        (c, p)
        for c in members
        for p in (SKOS.prefLabel, SKOS.definition, SKOS.notation, DCTERMS.source)
        if not concepts.value(c, p)
    ]
    bad += [(c, SKOS.inScheme) for c in members if not set(concepts.objects(c, SKOS.inScheme)) & schemes]
    assert bad == []


def test_notation_is_unique_in_its_scheme(concepts):
    seen = {}
    for c, scheme in concepts.subject_objects(SKOS.inScheme):
        for n in concepts.objects(c, SKOS.notation):
            assert seen.setdefault((scheme, str(n)), c) == c


def test_broader_stays_inside(concepts):
    for c, b in concepts.subject_objects(SKOS.broader):
        assert set(concepts.objects(c, SKOS.inScheme)) & set(concepts.objects(b, SKOS.inScheme)), (c, b)


def in_a_cycle(g):
    return {
        c
        for c in g.subjects(SKOS.broader)
        if any(c in g.transitive_objects(b, SKOS.broader) for b in g.objects(c, SKOS.broader))
    }


def test_broader_has_no_cycle(concepts):
    assert in_a_cycle(concepts) == set()


def test_cycle_is_found():
    g = Graph()
    for a, b in ((EX.a, EX.b), (EX.b, EX.c), (EX.c, EX.a), (EX.d, EX.a)):
        g.add((a, SKOS.broader, b))
    assert in_a_cycle(g) == {EX.a, EX.b, EX.c}


def test_roles_and_capabilities_carry_their_facets(concepts):
    for c in concepts.subjects(SKOS.inScheme, URIRef("https://w3id.org/minilat/id/role/scheme")):
        assert concepts.value(c, MLO.coreRole) is not None, c
    leaves = [
        c
        for c in concepts.subjects(SKOS.inScheme, URIRef("https://w3id.org/minilat/id/capability/scheme"))
        if concepts.value(c, SKOS.broader)
    ]
    assert len(leaves) == 50
    for c in leaves:
        for p in (MLO.capabilityKind, MLO.nature, MLO.aggregation):
            assert (concepts.value(c, p), RDF.type, SKOS.Concept) in concepts, (c, p)


# ---------------------------------------------------------------- (d) consistency


def hermit(graph, tmp_path):
    """True when HermiT finds the graph consistent."""
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java, and there is no java on PATH")
    owlready2 = pytest.importorskip("owlready2", reason="owlready2 is not installed (optional extra)")
    reduced = Graph()
    for s, p, o in graph:
        if p == OWL.imports or o == OWL.Ontology:
            continue  # imports would be fetched; every file is merged here already
        reduced.add((s, p, o))
    reduced.add((EX.merged, RDF.type, OWL.Ontology))
    path = tmp_path / "merged.nt"
    reduced.serialize(path, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    unsatisfiable = [c for c in world.inconsistent_classes() if c is not owlready2.Nothing]
    assert unsatisfiable == []
    return True


def some_data():
    """The taxonomies, the small top-level files and a few arrangements and challenges."""
    data = ROOT / "data"
    top = [p for p in sorted(data.glob("*.ttl")) if p.stat().st_size < 300_000]
    return top + sorted((data / "arrangements").glob("*.ttl"))[:12] + sorted((data / "challenges").glob("*.ttl"))[:4]


def test_ontology_with_data_is_consistent(ontology, tmp_path):
    assert hermit(ontology + read(*some_data()), tmp_path)


def test_dates_do_not_stop_the_reasoner(ontology, tmp_path):
    dated = Graph()
    for value, kind in (("2014", XSD.gYear), ("2014-09", XSD.gYearMonth), ("2014-09-04", XSD.date)):
        dated.add((EX.x, MLO.begin, Literal(value, datatype=kind)))
    dated.add((EX.x, RDF.type, MLO.Operation))
    assert hermit(ontology + dated, tmp_path)
    dated.add((EX.x, RDF.type, MLO.State))
    assert not hermit(ontology + dated, tmp_path)


CONTRADICTIONS = {
    "actor that is an arrangement": [(EX.x, RDF.type, MLO.State), (EX.x, RDF.type, MLO.Operation)],
    "arrangement of two kinds": [(EX.x, RDF.type, MLO.Alliance), (EX.x, RDF.type, MLO.Operation)],
    "participant that is a source": [(EX.p, MLO.participant, EX.x), (EX.x, RDF.type, MLO.Source)],
    "participation in two roles": [
        (EX.p, MLO.role, URIRef("https://w3id.org/minilat/id/role/member")),
        (EX.p, MLO.role, URIRef("https://w3id.org/minilat/id/role/observer")),
    ],
    "offer with two levels": [
        (EX.o, RDF.type, MLO.CapabilityOffer),
        (EX.o, MLO.level, Literal(1)),
        (EX.o, MLO.level, Literal(3)),
    ],
    "finding passed off as a statement": [(EX.x, RDF.type, MLO.CommittedOffer), (EX.x, RDF.type, MLO.Statement)],
    "text where a truth value belongs": [(EX.x, RDF.type, MLO.Operation), (EX.x, MLO.listComplete, Literal("perhaps"))],
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_contradiction_is_found(name, ontology, tmp_path):
    bad = Graph()
    for t in CONTRADICTIONS[name]:
        bad.add(t)
    assert not hermit(ontology + bad, tmp_path)


FINE = {
    "capability coalition is an ad hoc coalition": [
        (EX.x, RDF.type, MLO.CapabilityCoalition),
        (EX.x, RDF.type, MLO.AdHocCoalition),
    ],
    "derived format beside a kind": [
        (EX.x, RDF.type, MLO.FrameworkNationsGroup),
        (EX.x, RDF.type, MLO.FlexibleFormat),
        (EX.x, RDF.type, MLO.MinilateralFormat),
    ],
    "contested status": [(EX.x, RDF.type, MLO.Entity), (EX.x, RDF.type, MLO.State)],
    "blocking by two in two venues": [
        (EX.b, RDF.type, MLO.BlockingEpisode),
        (EX.b, MLO.blocker, EX.s1),
        (EX.b, MLO.blocker, EX.s2),
        (EX.b, MLO.venue, EX.a1),
        (EX.b, MLO.venue, EX.a2),
    ],
}


def apart(x, i):
    """The individual X of case I, kept apart from those of other cases."""
    return URIRef(f"{x}-{i}") if str(x).startswith(str(EX)) else x


def test_what_is_allowed_stays_consistent(ontology, tmp_path):
    good = Graph()
    for i, triples in enumerate(FINE.values()):
        for s, p, o in triples:  # one set of individuals per case
            good.add((apart(s, i), p, apart(o, i)))
    assert hermit(ontology + good, tmp_path)


# ---------------------------------------------------------------- (e) OWL 2 RL

RL_DATATYPES = {
    RDFS.Literal,
    XSD.string,
    XSD.boolean,
    XSD.integer,
    XSD.nonNegativeInteger,
    XSD.decimal,
    XSD.anyURI,
    RDF.PlainLiteral,
}
NOT_IN_SUPER = {
    OWL.unionOf,
    OWL.oneOf,
    OWL.someValuesFrom,
    OWL.minCardinality,
    OWL.minQualifiedCardinality,
    OWL.cardinality,
    OWL.qualifiedCardinality,
    OWL.hasSelf,
    OWL.disjointUnionOf,
}
NOT_IN_SUB = {
    OWL.allValuesFrom,
    OWL.complementOf,
    OWL.maxCardinality,
    OWL.maxQualifiedCardinality,
    OWL.minCardinality,
    OWL.minQualifiedCardinality,
    OWL.cardinality,
    OWL.qualifiedCardinality,
    OWL.hasSelf,
}
NOT_IN_EQUIVALENT = (NOT_IN_SUPER | NOT_IN_SUB) - {OWL.hasValue, OWL.intersectionOf}


def outside_rl(g):
    """Constructs that OWL 2 RL does not allow where they stand, as (place, construct)."""
    found = []

    def walk(node, banned, place):
        if node == OWL.Thing and place == "superclass":
            found.append((place, OWL.Thing))
        if not isinstance(node, BNode):
            return
        for p, o in g.predicate_objects(node):
            if p in banned:
                found.append((place, p))
            if p in (OWL.maxCardinality, OWL.maxQualifiedCardinality) and int(o) > 1:
                found.append((place, p))
            if p in (OWL.intersectionOf, OWL.unionOf):
                for member in Collection(g, o):
                    walk(member, banned, place)
            elif p in (OWL.allValuesFrom, OWL.someValuesFrom):
                walk(o, banned, place)
            elif p == OWL.onClass or (p == OWL.complementOf and place == "superclass"):
                walk(o, NOT_IN_SUB, "subclass")

    for sub, sup in g.subject_objects(RDFS.subClassOf):
        walk(sub, NOT_IN_SUB, "subclass")
        walk(sup, NOT_IN_SUPER, "superclass")
    for a, b in g.subject_objects(OWL.equivalentClass):
        walk(a, NOT_IN_EQUIVALENT, "equivalent")
        walk(b, NOT_IN_EQUIVALENT, "equivalent")
    for p in (RDFS.domain, RDFS.range):
        for prop, c in g.subject_objects(p):
            walk(c, NOT_IN_SUPER, "superclass")
            if (prop, RDF.type, OWL.DatatypeProperty) in g and p == RDFS.range and c not in RL_DATATYPES:
                found.append(("range", c))
    for a, b in g.subject_objects(OWL.disjointWith):
        walk(a, NOT_IN_SUB, "subclass")
        walk(b, NOT_IN_SUB, "subclass")
    for axiom in g.subjects(RDF.type, OWL.AllDisjointClasses):
        for c in Collection(g, g.value(axiom, OWL.members)):
            walk(c, NOT_IN_SUB, "subclass")
    found += [("class", OWL.disjointUnionOf) for _ in g.subjects(OWL.disjointUnionOf)]
    found += [("property", OWL.ReflexiveProperty) for _ in g.subjects(RDF.type, OWL.ReflexiveProperty)]
    return found


def test_ontology_stays_inside_rl(ontology):
    assert outside_rl(ontology) == []


@pytest.mark.parametrize(
    "axiom",
    [
        "ex:A rdfs:subClassOf [ owl:unionOf ( ex:B ex:C ) ] .",
        "ex:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] .",
        "ex:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:minCardinality 1 ] .",
        "ex:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:maxCardinality 2 ] .",
        "ex:A rdfs:subClassOf [ owl:intersectionOf ( ex:B [ owl:unionOf ( ex:C ex:D ) ] ) ] .",
        "ex:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:allValuesFrom [ owl:oneOf ( ex:i ) ] ] .",
        "[ a owl:Restriction ; owl:onProperty ex:p ; owl:allValuesFrom ex:B ] rdfs:subClassOf ex:A .",
        "ex:p rdfs:domain [ owl:unionOf ( ex:B ex:C ) ] .",
        "ex:p a owl:DatatypeProperty ; rdfs:range xsd:gYear .",
        "ex:A owl:equivalentClass [ owl:unionOf ( ex:B ex:C ) ] .",
        "ex:p a owl:ReflexiveProperty .",
    ],
)
def test_construct_outside_rl_is_found(axiom):
    prefixes = f"@prefix ex: <{EX}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix xsd: <{XSD}> . "
    assert outside_rl(Graph().parse(data=prefixes + axiom, format="turtle"))


# ---------------------------------------------------------------- (f) foreign terms

NAMESPACES = {
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "time": "http://www.w3.org/2006/time#",
    "skos": str(SKOS),
    "dcat": "http://www.w3.org/ns/dcat#",
}
WIKIDATA_PROPERTIES = {
    "P31",
    "P571",
    "P576",
    "P159",
    "P856",
    "P2541",
    "P580",
    "P582",
    "P710",
    "P1344",
    "P276",
    "P463",
    "P2868",
    "P3831",
    "P361",
    "P527",
    "P155",
    "P156",
    "P1365",
    "P1366",
    "P457",
    "P297",
    "P298",
    "P299",
    "P585",
    "P248",
    "P854",
    "P813",
    "P5102",
}


def foreign_terms(g, namespace):
    return {
        str(x)
        for triple in g
        for x in triple
        if isinstance(x, URIRef) and str(x).startswith(namespace) and str(x) != namespace
    }


def vocabulary(name):
    path = VOCAB / f"{name}.nq"
    if not path.exists():
        pytest.skip(f"the published vocabulary files are not beside this checkout (no {name}.nq)")
    return set(re.findall(r"^<([^>]+)> ", path.read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize("name", NAMESPACES)
def test_foreign_terms_exist(name):
    terms = foreign_terms(read(*ALIGN_FILES), NAMESPACES[name])
    known = vocabulary(name)
    assert terms
    assert terms - known == set()
    assert NAMESPACES[name] + "noSuchTerm" not in known


def test_wikidata_properties_are_known():
    ids = {
        t.rsplit("/", 1)[1]
        for t in foreign_terms(read(ONTOLOGY / "align" / "wikidata.ttl"), "http://www.wikidata.org/")
    }
    assert ids
    assert ids <= WIKIDATA_PROPERTIES


def test_one_foreign_vocabulary_in_each_alignment():
    for path in ALIGN_FILES:
        text = path.read_text(encoding="utf-8")
        prefixes = set(re.findall(r"^@prefix (\w+):", text, re.M)) - {"mlo", "owl", "rdfs", "skos", "dcterms", "xsd"}
        expected = {"wikidata": {"wdt"}, "skos": set()}.get(path.stem, {path.stem})
        assert prefixes == expected, path.name


def test_foreign_terms_are_declared():
    for path in ALIGN_FILES:
        g = read(path)
        own = {"https://w3id.org/minilat/", str(OWL), str(RDFS), str(RDF), str(XSD), str(DCTERMS)}
        links = [
            (s, o) for s, p, o in g if p in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.relatedMatch)
        ]
        assert links, path.name
        for s, o in links:
            for x in (s, o):
                if not any(str(x).startswith(n) for n in own):
                    assert any((x, RDF.type, t) in g for t in TERM_TYPES), f"{path.name}: {x}"
