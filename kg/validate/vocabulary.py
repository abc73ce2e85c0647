"""The terms of SHACL, and what SHACL asks of the values of its properties.

Source: W3C Recommendation "Shapes Constraint Language (SHACL)" of 2017, its appendix B, the vocabulary published with
it, and the W3C notes on its advanced features, node expressions and JavaScript extension.
"""

from __future__ import annotations

from typing import Final

_COMPONENTS: Final = {
    "And": "and", "Class": "class", "Closed": "closed ignoredProperties", "Datatype": "datatype",
    "Disjoint": "disjoint", "Equals": "equals", "Expression": "expression", "HasValue": "hasValue", "In": "in",
    "JS": "js", "LanguageIn": "languageIn", "LessThan": "lessThan", "LessThanOrEquals": "lessThanOrEquals",
    "MaxCount": "maxCount", "MaxExclusive": "maxExclusive", "MaxInclusive": "maxInclusive", "MaxLength": "maxLength",
    "MinCount": "minCount", "MinExclusive": "minExclusive", "MinInclusive": "minInclusive", "MinLength": "minLength",
    "Node": "node", "NodeKind": "nodeKind", "Not": "not", "Or": "or", "Pattern": "pattern flags",
    "Property": "property",
    "QualifiedMaxCount": "qualifiedMaxCount qualifiedValueShape qualifiedValueShapesDisjoint",
    "QualifiedMinCount": "qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint",
    "SPARQL": "sparql", "UniqueLang": "uniqueLang", "Xone": "xone",
}  # fmt: skip
_OTHERS: Final = """
AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent Function IRI IRIOrLiteral Info
JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator Literal NodeKind NodeShape
Parameter Parameterizable PrefixDeclaration PropertyGroup PropertyShape ResultAnnotation Rule SPARQLAskExecutable
SPARQLAskValidator SPARQLConstraint SPARQLConstructExecutable SPARQLExecutable SPARQLFunction SPARQLRule
SPARQLSelectExecutable SPARQLSelectValidator SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable Severity Shape Target
TargetType TripleRule ValidationReport ValidationResult Validator Violation Warning
alternativePath annotationProperty annotationValue annotationVarName ask condition conforms construct count
deactivated declare defaultValue desc description detail distinct else entailment exists filterShape focusNode
group groupConcat if intersection inversePath jsFunctionName jsLibrary jsLibraryURL labelTemplate limit max message
min minus name namespace nodeValidator nodes object offset oneOrMorePath optional order orderBy parameter path
predicate prefix prefixes propertyValidator result resultAnnotation resultMessage resultPath resultSeverity returnType
rule select separator severity shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape
subject suggestedShapesGraph sum target targetClass targetNode targetObjectsOf targetSubjectsOf then this union update
validator value values zeroOrMorePath zeroOrOnePath
"""
TERMS: Final = frozenset(
    {*_OTHERS.split()}
    | {p for parameters in _COMPONENTS.values() for p in parameters.split()}
    | {f"{name}ConstraintComponent" for name in _COMPONENTS}
    | {f"{n}ConstraintComponent-{p}" for n, parameters in _COMPONENTS.items() for p in parameters.split()}
)
"""The local name of every term in the namespace of SHACL."""

ONCE: Final = frozenset({
    "closed", "datatype", "flags", "ignoredProperties", "in", "languageIn", "maxCount", "maxExclusive", "maxInclusive",
    "maxLength", "minCount", "minExclusive", "minInclusive", "minLength", "nodeKind", "path", "pattern",
    "qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShape", "qualifiedValueShapesDisjoint", "severity",
    "uniqueLang", "deactivated",
})  # fmt: skip
"""Properties that a shape may have once."""
COUNTS: Final = frozenset({"maxCount", "maxLength", "minCount", "minLength", "qualifiedMaxCount", "qualifiedMinCount"})
BOOLEANS: Final = frozenset({"closed", "uniqueLang", "deactivated", "qualifiedValueShapesDisjoint"})
IRIS: Final = frozenset({
    "class", "datatype", "equals", "disjoint", "lessThan", "lessThanOrEquals", "severity", "targetClass",
    "targetSubjectsOf", "targetObjectsOf",
})  # fmt: skip
"""Properties whose values are IRIs."""
LITERALS: Final = frozenset({"maxExclusive", "maxInclusive", "minExclusive", "minInclusive"})
TEXTS: Final = frozenset({"flags", "pattern", "select", "ask"})
LISTS: Final = frozenset({"and", "or", "xone", "in", "languageIn", "ignoredProperties"})
SHAPES: Final = frozenset({"node", "not", "property", "qualifiedValueShape"})
NODE_KINDS: Final = frozenset({"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
SEVERITIES: Final = frozenset({"Info", "Warning", "Violation"})
WITH_A_PATH: Final = frozenset({
    "lessThan", "lessThanOrEquals", "maxCount", "minCount", "qualifiedMaxCount", "qualifiedMinCount",
    "qualifiedValueShape", "uniqueLang",
})  # fmt: skip
"""Constraints that only a property shape may have."""
NOT_RUN: Final = frozenset({"js", "jsLibrary", "rule"})
"""Extensions that no engine here runs."""
