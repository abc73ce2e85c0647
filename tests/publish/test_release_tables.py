"""Tables: read with their description, they say what the statements say."""

import csv
import io
import json

import pyoxigraph as ox
import pytest

from kg.publish import parts, rdf, tables
from kg.validate import tables as csvw

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"


def made(found):
    """The triples that the tables FOUND stand for, read as their CSVW description says."""
    triples = set()
    document = json.loads(found[tables.DESCRIPTION])
    for table in document["tables"]:
        rows = list(csv.DictReader(io.StringIO(found[table["url"]].decode(), newline="")))
        columns = table["tableSchema"]["columns"]
        assert list(rows[0]) == [c["name"] for c in columns]
        assert table["tableSchema"]["aboutUrl"] == "{+id}"
        for row in rows:
            for column in columns[1:]:
                cell = row[column["name"]]
                for value in cell.split(column["separator"]) if "separator" in column else [cell]:
                    if value:
                        triples.add((row["id"], column["propertyUrl"], term(value, column)))
    return triples


def term(value, column):
    if "lang" in column:
        return str(ox.Literal(value, language=column["lang"]))
    if column["datatype"] == "anyURI":
        return f"<{value}>"
    return str(ox.Literal(value, datatype=ox.NamedNode(XSD + column["datatype"])))


def stated(quads):
    """What QUADS say of named things that have a class, leaving out what is said with nameless things."""
    typed = {q.subject for q in quads if q.predicate.value == RDF_TYPE}
    return {
        (q.subject.value, q.predicate.value, str(q.object))
        for q in quads
        if q.subject in typed and isinstance(q.subject, ox.NamedNode) and not isinstance(q.object, ox.BlankNode)
    }


def of(read):
    classes = [q for p in parts.read(None, ["ontology/*"]) for q in p.quads]
    quads = rdf.canonical(q for p in read for q in p.quads)
    return quads, tables.tables(quads, classes)


def test_the_shipped_tables_say_what_the_data_say():
    quads, found = of(parts.read(None, ["data/[!c]*", "data/challenges/*", "data/capabilities.ttl"]))
    assert len(stated(quads)) > 50_000
    assert made(found) == stated(quads)
    assert {"arrangement.csv", "actor.csv", "participation.csv", "challenge.csv", "source.csv"} < found.keys()


@pytest.fixture
def small(world):
    return of(parts.read(world(), ["data/arrangements/*"]))


def test_each_row_is_a_thing_and_each_column_a_property(small):
    _, found = small
    assert list(found) == ["arrangement.csv", "participation.csv", "csv-metadata.json"]
    assert found["arrangement.csv"].decode() == (
        "id,type,label_en,label_fr,altLabel,begin,listComplete,note,share_decimal,share_integer\n"
        "https://w3id.org/minilat/id/arrangement/x,https://w3id.org/minilat/ontology#Alliance,X,Ixe,x|y¦z,1999,true,"
        '"1+1=2|two\nlines, ""quoted""",0.80,01\n'
    )


def test_values_that_hold_the_separator_get_another(small):
    quads, found = small
    columns = json.loads(found[tables.DESCRIPTION])["tables"][0]["tableSchema"]["columns"]
    assert {c["name"]: c["separator"] for c in columns if "separator" in c} == {"altLabel": "¦", "note": "|"}
    assert made(found) == stated(quads)


def test_a_reader_of_csvw_finds_the_same(small, tmp_path):
    quads, found = small
    said = set()
    for file, body in found.items():
        (tmp_path / file).write_bytes(body)
    for file in found.keys() - {tables.DESCRIPTION}:
        lines, mishaps = csvw.triples(tmp_path / file, found[file].decode())
        assert mishaps == []
        said |= {str(t) for t in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}
    own = {str(ox.Quad(q.subject, q.predicate, q.object)) for q in quads}
    assert said == {t for t in own if "_:" not in t}


def test_nothing_said_is_no_table():
    assert tables.tables([], []) == {}
