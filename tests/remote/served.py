"""A service that answers as it is told."""

from __future__ import annotations

import json

JSON = "application/sparql-results+json"


def rows(*values, var="x"):
    """An answer of one column with these IRIs under urn:."""
    found = [{var: {"type": "uri", "value": f"urn:{value}"}} for value in values]
    return json.dumps({"head": {"vars": [var]}, "results": {"bindings": found}}, ensure_ascii=False)


class Told:
    """What the service shall answer: (status, headers, body) one after the other, the last one for ever."""

    def __init__(self, url):
        self.url = url
        self.answers = [(200, {"Content-Type": JSON}, rows("a"))]
        self.asked = []

    def __call__(self, *answers):
        self.answers = list(answers)
        self.asked.clear()

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
