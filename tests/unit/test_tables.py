"""Tables with a description: every cell in its place, and whatever can be wrong in a row said with its row."""

import json

import pytest

from kg.errors import MinilatError
from kg.validate import descriptions, tables

XSD = "http://www.w3.org/2001/XMLSchema#"
COLUMNS = [
    {"name": "state", "titles": ["State", "Country"], "required": True},
    {"name": "role", "propertyUrl": "https://e.org/role", "valueUrl": "https://e.org/role/{role}"},
    {"name": "begin", "propertyUrl": "https://e.org/begin", "datatype": "date"},
    {"name": "note", "propertyUrl": "rdfs:comment", "lang": "en"},
    {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "https://e.org/Participation"},
]
SCHEMA = {"aboutUrl": "https://e.org/{state}", "primaryKey": "state", "columns": COLUMNS}


@pytest.fixture
def table(tmp_path):
    """Write a description of m.csv; gives the path of the table, which itself is not read."""

    def write(schema=SCHEMA, content=None, **rest):
        described = {"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "tableSchema": schema} | rest
        text = json.dumps(described) if content is None else content
        (tmp_path / "m.csv-metadata.json").write_text(text, encoding="utf-8")
        return tmp_path / "m.csv"

    return write


def one(datatype, **rest):
    column = {"name": "v", "propertyUrl": "https://e.org/v", "datatype": datatype} | rest
    return {"aboutUrl": "https://e.org/{id}", "columns": [{"name": "id", "suppressOutput": True}, column]}


def lines(path, text):
    body, mishaps = tables.triples(path, text)
    return sorted(body.decode().splitlines()), mishaps


def test_a_row_becomes_statements(table):
    found, mishaps = lines(table(), "State,role,begin,note\nEST,member,2014-09-04,so\nLVA,,,\n")
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://e.org/Participation> ."
    name = "<https://w3id.org/minilat/graph/m.csv#state>"
    assert mishaps == []
    assert found == sorted(
        [
            f'<https://e.org/EST> {name} "EST" .',
            "<https://e.org/EST> <https://e.org/role> <https://e.org/role/member> .",
            f'<https://e.org/EST> <https://e.org/begin> "2014-09-04"^^<{XSD}date> .',
            '<https://e.org/EST> <http://www.w3.org/2000/01/rdf-schema#comment> "so"@en .',
            f"<https://e.org/EST> {a}",
            f'<https://e.org/LVA> {name} "LVA" .',
            f"<https://e.org/LVA> {a}",
        ]
    )


def test_the_order_of_the_columns_is_that_of_the_file(table):
    path = table()
    assert lines(path, "note,begin,role,Country\nso,2014-09-04,member,EST\n") == lines(
        path, "State,role,begin,note\nEST,member,2014-09-04,so\n"
    )


@pytest.mark.parametrize(
    ("datatype", "cell", "literal"),
    [
        ("string", " a b ", '" a b "'),
        ("integer", "12", f'"12"^^<{XSD}integer>'),
        ("decimal", "1.50", f'"1.50"^^<{XSD}decimal>'),
        ("number", "1e3", f'"1e3"^^<{XSD}double>'),
        ("boolean", "true", f'"true"^^<{XSD}boolean>'),
        ({"base": "boolean", "format": "yes|no"}, "yes", f'"true"^^<{XSD}boolean>'),
        ({"base": "date", "format": "d.M.yyyy"}, "4.9.2014", f'"2014-09-04"^^<{XSD}date>'),
        ({"base": "decimal", "format": {"pattern": "#,##0.00"}}, "1,234.50", f'"1234.50"^^<{XSD}decimal>'),
        ({"base": "datetime", "format": "yyyy-MM-dd HH:mm"}, "2014-09-04 12:30", f'"2014-09-04T12:30:00"^^<{XSD}dateTime>'),
        ("gYear", "2014", f'"2014"^^<{XSD}gYear>'),
        ("gYearMonth", "2014-09", f'"2014-09"^^<{XSD}gYearMonth>'),
        ({"base": "string", "@id": "https://e.org/kind"}, "x", '"x"'),
        ("anyURI", "https://e.org/x", f'"https://e.org/x"^^<{XSD}anyURI>'),
        ({"base": "string", "format": "[A-Z]{3}"}, "EST", '"EST"'),
    ],
)  # fmt: skip
def test_a_cell_as_literal(table, datatype, cell, literal):
    found, mishaps = lines(table(one(datatype)), f'id,v\n1,"{cell}"\n')
    assert mishaps == []
    assert found == [f"<https://e.org/1> <https://e.org/v> {literal} ."]


@pytest.mark.parametrize(
    ("datatype", "cell", "message", "hint"),
    [
        ("date", "4.9.2014", "'4.9.2014' is not a date", "d.M.yyyy"),
        ("date", "09/04/2014", "'09/04/2014' is not a date", "d/M/yyyy or M/d/yyyy"),
        ("date", "2014/09/04", "'2014/09/04' is not a date", "like 2014-09-30"),
        ("date", "20140904", "'20140904' is not a date", "yyyyMMdd"),
        ("date", "2014-02-30", "'2014-02-30' is not a date", "2014-09-30"),
        ("date", "Sept 2014", "'Sept 2014' is not a date", "2014-09-30"),
        ({"base": "date", "format": "d.M.yyyy"}, "2014-09-04", "not a date in the form d.M.yyyy", "in that form"),
        ("integer", "1.5", "'1.5' is not an integer", "12"),
        ("integer", "l2", "'l2' is not an integer", "12"),
        ("decimal", "1,5", "'1,5' is not a decimal", "1.5"),
        ("boolean", "yes", "'yes' is not a boolean", "true or false"),
        ("gYear", "14", "'14' is not a gYear", "2014"),
        ("gYearMonth", "2014-13", "'2014-13' is not a gYearMonth", "2014-09"),
        ({"base": "string", "format": "[A-Z]{3}"}, "Est", "in the form [A-Z]{3}", "in that form"),
        ({"base": "integer", "minimum": "1"}, "0", "'0' is not an integer", ""),
        ({"base": "string", "maxLength": 2}, "abc", "'abc' is not a string", ""),
    ],
)
def test_a_cell_that_is_something_else(table, datatype, cell, message, hint):
    found, (mishap,) = lines(table(one(datatype)), f'id,v\n0,\n1,"{cell}"\n')
    assert found == []
    assert (mishap.code, mishap.line, mishap.cell, mishap.text) == ("H080", 3, 1, cell)
    assert message in mishap.message
    assert hint in mishap.hint
    assert (mishap.subject, mishap.predicate) == ("<https://e.org/1>", "<https://e.org/v>")


def wrong(path, text):
    return [(m.code, m.line, m.cell) for m in tables.triples(path, text)[1]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("State,role,begin\nEST,member,\n", [("H081", 1, -1)]),
        ("State,rule,begin,note\nEST,member,,\n", [("H081", 1, 1), ("H081", 1, -1)]),
        ("State,role,begin,note,more\nEST,member,,,\n", [("H081", 1, 4)]),
        ("State,role,begin,note\nEST,member,\n", [("H081", 2, -1)]),
        ("State,role,begin,note\nEST,member,,a,b\n", [("H081", 2, -1)]),
        ('State,role,begin,note\nEST,member,,"a\nLVA,member,,b\n', [("H081", 2, -1)]),
        ("State,role,begin,note\nEST,a\0b,x,\n", [("H080", 2, 2)]),
        ('State,role,"begin', [("H081", 1, -1)]),
        ("State,role,begin,note\nEST,,," + "x" * 200_000 + "\n", [("H081", 2, -1)]),
        ("State,role,begin,note\nEST,,,\nLVA,,,\nEST,,,\n", [("H082", 4, 0)]),
        ("State,role,begin,note\n,member,,\n", [("H083", 2, 0)]),
        ("State,role,begin,note\r\nEST,member,x,\r\n", [("H080", 2, 2)]),
        ('State,role,begin,note\n"E\nST",member,2014-09-04,"x\n\ny"\nLVA,,x,\n', [("H080", 6, 2)]),
        ("State,role,begin,note\n\n\nEST,,x,\n", [("H080", 4, 2)]),
        ("State,role,begin,note\n", []),
        ("", [("H081", 1, -1)] * 4),
    ],
)
def test_what_is_wrong_is_said_with_its_row(table, text, found):
    assert wrong(table(), text) == found


def test_a_misspelt_heading_is_answered_with_the_closest(table):
    _, (mishap, _) = lines(table(), "State,rolle,begin,note\n")
    assert mishap.hint == "did you mean 'role'?"


def test_several_values_in_a_cell(table):
    path = table(one("gYear", separator=";"))
    assert len(lines(path, "id,v\n1,2014;2015\n")[0]) == 2
    assert wrong(path, "id,v\n1,2014;x\n") == [("H080", 2, 1)]


def test_values_that_stand_for_nothing(table):
    assert lines(table(one("integer", null=["-", "n/a"])), "id,v\n1,-\n2,n/a\n3,\n4,5\n")[0] == [
        f'<https://e.org/4> <https://e.org/v> "5"^^<{XSD}integer> .'
    ]


def test_rows_without_an_address_are_blank(table):
    path = table({"columns": [{"name": "v", "propertyUrl": "https://e.org/v"}]})
    found, _ = lines(path, "v\na\n\nb\n")
    assert found == ['_:row0 <https://e.org/v> "a" .', '_:row1 <https://e.org/v> "b" .']
    assert tables.locate(path, "v\na\n\nb\n", [("_:row1", "", "")]) == [(4, 4, 1)]


def test_other_separators(table):
    path = table(one("integer"), dialect={"delimiter": ";"})
    assert lines(path, "id;v\n1;2\n")[0] == [f'<https://e.org/1> <https://e.org/v> "2"^^<{XSD}integer> .']
    assert tables.locate(path, "id;v\n1;2\n", [("<https://e.org/1>", "<https://e.org/v>", "")]) == [(8, 2, 3)]


def test_tabs_in_a_file_that_says_so(tmp_path):
    described = {"@context": "http://www.w3.org/ns/csvw", "url": "t.tsv", "tableSchema": one("integer")}
    (tmp_path / "csv-metadata.json").write_text(json.dumps(described))
    assert len(lines(tmp_path / "t.tsv", "id\tv\n1\t2\n")[0]) == 1


def test_a_group_of_tables(table):
    path = table(content=json.dumps({"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "tables": [
        {"url": "other.csv", "tableSchema": {"columns": [{"name": "x"}]}}, {"url": "sub/m.csv", "tableSchema": one("integer")},
    ]}))  # fmt: skip
    assert len(lines(path, "id,v\n1,2\n")[0]) == 1


# Places

TEXT = 'State,role,begin,note\n"E,ST",member,,"a"\nLVA,member,2014-09-04,b\n'


@pytest.mark.parametrize(
    ("focus", "path", "value", "place"),
    [
        ("<https://e.org/LVA>", "<https://e.org/role>", "<https://e.org/role/member>", (3, 5)),
        ("<https://e.org/LVA>", "<https://e.org/role>", "<https://e.org/role/other>", (3, 5)),
        ("<https://e.org/LVA>", "<https://e.org/nosuch>", "", (3, 1)),
        ("<https://e.org/LVA>", "", "", (3, 1)),
        ("<https://e.org/E%2CST>", "<https://e.org/begin>", "", (2, 15)),
        ("<https://e.org/role/member>", "", "", (2, 8)),
        ("<https://e.org/nosuch>", "", "", (0, 0)),
    ],
)
def test_a_finding_points_at_its_cell(table, focus, path, value, place):
    assert [(row, at) for _, row, at in tables.locate(table(), TEXT, [(focus, path, value)])] == [place]


@pytest.mark.parametrize(
    ("row", "cell", "at"), [("a,b", 0, 1), ("a,b", 1, 3), ('"a,""x",b', 1, 9), ("a,b", 5, 1), ("", 2, 1), ("a,b", -1, 1)]
)  # fmt: skip
def test_where_a_cell_begins(row, cell, at):
    assert tables.column(row, cell) == at


# Descriptions that cannot be used


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "CSVW"),
        ('{"url": "m.csv"}', "CSVW"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "other.csv", "tableSchema": {"columns": [{"name": "a"}]}}', "m.csv"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv"}', "columns"),
        ('{"@context": "http://www.w3.org/ns/csvw", "tables": []}', "tables"),
        ('{"@context": "http://www.w3.org/ns/csvw", "tables": [1]}', "tables"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "tableSchema": "http://127.0.0.1:9/s.json"}', "tableSchema"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "dialect": "http://127.0.0.1:9/d.json"}', "dialect"),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "tableSchema": {"columns": [{"name": "a", "datatype": "dat"}]}}', ""),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "tableSchema": {"columns": [{"name": "a"}, {"name": "a"}]}}', ""),
        ('{"@context": "http://www.w3.org/ns/csvw", "url": "m.csv", "tableSchema": {"columns": [{"name": "a", "datatype": {"base": "date", "format": "dd/MM/yy"}}]}}', ""),
    ],
)  # fmt: skip
def test_a_description_that_cannot_be_used(table, content, word):
    with pytest.raises(MinilatError) as error:
        tables.triples(table(content=content), "a\n1\n")
    assert error.value.code == "E136"
    assert word in error.value.message
    assert error.value.where.endswith("m.csv-metadata.json")


def test_a_table_without_a_description(tmp_path):
    with pytest.raises(MinilatError) as error:
        tables.triples(tmp_path / "m.csv", "a\n1\n")
    assert error.value.code == "E135"
    assert descriptions.beside_of(tmp_path / "m.csv") is None


def test_without_the_package(table, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "csvw.metadata", None)
    with pytest.raises(MinilatError) as error:
        tables.triples(table(), "State\n")
    assert (error.value.code, error.value.hint) == ("E137", "pip install 'minilat[csv]'")
