"""The act of importing: tables and answers of others as a graph of their own. None of our statements is overwritten."""

from kg.imports.mapped import Given, Mapped, Trouble, asked, bring, documents
from kg.imports.mappings import Mapping, find
from kg.imports.tables import Import, read, template

__all__ = ["Given", "Import", "Mapped", "Mapping", "Trouble", "asked", "bring", "documents", "find", "read", "template"]
