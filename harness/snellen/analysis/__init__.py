"""Analysis: what a run's trials say together."""
