"""Pictures: decoding them safely, fitting them to a model's rules, encoding them for a request."""
