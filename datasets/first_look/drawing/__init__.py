"""The pictures of first_look, one module a kind; `draw.py` beside this folder writes them."""
