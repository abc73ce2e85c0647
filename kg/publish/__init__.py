"""The act of publishing: the data as a release that others can load, check, cite and pass on."""

from kg.publish.release import FORMATS, Release, export

__all__ = ["FORMATS", "Release", "export"]
