"""`manage.py protocol_docs`: write the generated parts of the protocol's documentation."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tables.protocol.reference import filled
from tables.protocol.schema import schema


class Command(BaseCommand):
    help = "Write docs/protocol.schema.json, and the lists in docs/protocol.md, from the code."
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail instead of writing")

    def handle(self, *args: Any, **options: Any) -> None:
        docs: Path = settings.BASE_DIR / "docs"
        page = docs / "protocol.md"
        wanted = {
            page: filled(page.read_text()),
            docs / "protocol.schema.json": json.dumps(schema(), indent=1) + "\n",
        }
        old = [p for p, text in wanted.items() if not p.exists() or p.read_text() != text]
        if options["check"] and old:
            names = ", ".join(path.name for path in old)
            raise CommandError(f"not up to date: {names}. Run `manage.py protocol_docs`.")
        for path in old:
            path.write_text(wanted[path])
            self.stdout.write(f"wrote docs/{path.name}")
