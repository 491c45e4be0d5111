"""Pictures: decoding them safely, fitting them to a model's rules, encoding them for a request.

`digest`, `data_uri`, `fit`, `sniff` and `container` load no Pillow, so that a replay pays nothing for it; `decode`,
`pixels`, `encode` and `thumbnail` do, and are imported where pixels are really wanted. `fetch` opens the network only
under a `FetchPolicy`, through the guard in `addresses`.
"""
