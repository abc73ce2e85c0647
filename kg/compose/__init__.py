"""Compose: the smallest new groupings that would meet a challenge. The method is in docs/compose.md."""

from kg.compose.propose import compose

__all__ = ["compose"]
