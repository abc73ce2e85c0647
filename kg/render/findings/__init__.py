"""A report of findings as people, code hosts and test servers read it: pure functions from report to text."""
