"""Recordings: responses kept on disk under the fingerprint of their request."""
