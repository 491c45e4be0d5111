"""Scorers: judging a response against a case."""
