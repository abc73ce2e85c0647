"""Fit: which existing option fits a challenge, on a day, and why. The method is in docs/fit.md."""

from kg.fit.assess import assess, challenges_in

__all__ = ["assess", "challenges_in"]
