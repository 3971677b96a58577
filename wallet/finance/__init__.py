"""What finance reads: the books of a period of days, on a page and as files (`docs/finance.md`).

`period` is which days, `reading` one moment of the database, and each report has a module of its
own; `files` makes CSV of them. Nothing here writes but the note of who took a file.
"""
