"""Models: how an endpoint is configured, asked and understood."""
