"""Stakes, templates and tables can be changed; what play has written can only be looked at."""

from tables.admin import records, stakes, tables, templates

__all__ = ("records", "stakes", "tables", "templates")
