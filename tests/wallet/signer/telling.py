"""What staff were told."""

from wallet.models import MoneyEvent


def told() -> set[str]:
    """The codes of the alerts so far."""
    kinds = MoneyEvent.objects.filter(kind__startswith="alert.").values_list("kind", flat=True)
    return {kind.removeprefix("alert.") for kind in kinds}


def reasons(code: str) -> set[str]:
    """Why, say the alerts of a code so far."""
    return set(
        MoneyEvent.objects.filter(kind=f"alert.{code}").values_list("payload__why", flat=True)
    )
