"""The offline model: a vision model that needs no key and no network, behind a Chat Completions endpoint."""
