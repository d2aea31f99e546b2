"""Procedures as data: the grammar, the catalogue, and the engine that walks them."""
