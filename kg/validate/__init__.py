"""The act of validation: files against SHACL shapes."""

from kg.validate.check import check, severities

__all__ = ["check", "severities"]
