"""Reconciliations: what the chains have, what the ledger has, and where they differ."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from wallet.admin.decisions import DecisionsMixin
from wallet.admin.tools import PROPOSED, ReadOnlyAdmin, amount, won
from wallet.deposits.alerts import PERMISSION
from wallet.models import ProposalKind, ReconciliationRun
from wallet.proposals import propose
from wallet.reconciliation.decisions import decidable
from wallet.reconciliation.lasting import Lasting, subject_of

_PLACES = {
    "deposits": _("deposit addresses"),
    "hot": _("hot wallet"),
    "cold": _("cold storage"),
}
_IN_WON = {
    "assets_krw": _("Our coins at the bid"),
    "after_haircut_krw": _("Our coins after the haircut"),
    "players_krw": _("Players' won, at tables and on hold too"),
    "play_money_krw": _("of it play money"),
    "owed_krw": _("Owed against coins"),
}


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(DecisionsMixin, ReadOnlyAdmin):
    """What the chains say we hold, against the ledger; and what we have against what we owe.

    Here staff propose to book a difference that stays.
    """

    list_display = ("id", "at", "agrees", "solvent")
    compressed_fields = False
    list_filter = ("is_ok", "is_solvent", "at")
    fields = ("at", "agrees", "solvent", "coins", "solvency")
    readonly_fields = fields
    change_form_outer_before_template = "admin_wallet/decide_difference.html"
    decision_permission = PERMISSION
    decision_done = PROPOSED

    def _book(self, request: HttpRequest, object_id: int) -> None:
        asset, _separator, place = request.POST.get("about", "").partition(":")
        propose(
            kind=ProposalKind.DIFFERENCE,
            subject=subject_of(object_id, asset, place),
            staff=request.user,  # type: ignore[arg-type]
            details={},
            note=request.POST.get("note", ""),
        )

    decisions = {"book": _book}  # noqa: RUF012

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, unquote(object_id))
        lasting = [_lasting(each) for each in decidable(run)] if run is not None else []
        context = {"lasting": lasting, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("agrees"), boolean=True)  # type: ignore[untyped-decorator]
    def agrees(self, run: ReconciliationRun) -> bool | None:
        """Unknown where a chain was not looked at."""
        return None if run.is_ok and run.report.get("postponed") else run.is_ok

    @display(description=_("solvent"), boolean=True)  # type: ignore[untyped-decorator]
    def solvent(self, run: ReconciliationRun) -> bool:
        return run.is_solvent

    @admin.display(description=_("coins"))
    def coins(self, run: ReconciliationRun) -> str:
        """Chain and ledger, place by place, and what could not be compared."""
        return render_to_string(
            "admin_wallet/reconciliation_coins.html",
            {"rows": list(_rows(run.report)), "report": run.report},
        )

    @admin.display(description=_("solvency"))
    def solvency(self, run: ReconciliationRun) -> str:
        """What we have and what we owe."""
        found = run.report["solvency"]
        rows = [(str(name), won(int(found[key]))) for key, name in _IN_WON.items()]
        rows.append((str(_("Ratio")), found["ratio"] or str(_("nothing is owed"))))
        missing = found["missing_rates"]
        return render_to_string(
            "admin_wallet/reconciliation_won.html", {"rows": rows, "missing": missing}
        )


def _lasting(difference: Lasting) -> dict[str, Any]:
    return {
        "about": f"{difference.asset}:{difference.place}",
        "amount": amount(difference.asset, abs(difference.units)),
        "place": _PLACES[difference.place],
        "is_more": difference.units > 0,
    }


def _rows(report: dict[str, Any]) -> Any:
    """A row for each place of each asset: whole coins as text, and what differs there."""
    for asset, places in report["assets"].items():
        for place, figures in places.items():
            yield {
                "asset": asset,
                "place": _PLACES[place],
                "is_off": Decimal(figures["off"]) != 0,
                **{name: _shown(text) for name, text in figures.items()},
                "found": [
                    each | {"ledger": _shown(each["ledger"]), "chain": _shown(each["chain"])}
                    for each in report.get("found", ())
                    if (each["asset"], each["place"]) == (asset, place)
                ],
            }


def _shown(coins: str) -> str:
    """Without the zeros at its end."""
    return f"{Decimal(coins).normalize():f}"
