"""What staff were told."""

from wallet.models import MoneyEvent


def told() -> set[str]:
    """The codes of the alerts so far."""
    kinds = MoneyEvent.objects.filter(kind__startswith="alert.").values_list("kind", flat=True)
    return {kind.removeprefix("alert.") for kind in kinds}
