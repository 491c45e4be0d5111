"""The run store: what was asked and judged, kept."""
