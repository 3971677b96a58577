"""Hands that were played: search, the readable replay, and exports in two formats.

`played.py` decides once what a viewer may see of a hand; the page and the exports are made from
what it returns and can show nothing else.
"""
