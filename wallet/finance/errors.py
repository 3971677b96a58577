"""Why a period has no books.

PeriodRefused
├── PeriodInvalid      period_invalid       not two days
├── PeriodReversed     period_reversed      it ends before it begins
└── PeriodOutOfRange   period_out_of_range  no books are kept of such days
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class PeriodRefused(WalletError):
    """Nothing was read."""

    code = "period_refused"
    sentence = _("Choose another period.")


class PeriodInvalid(PeriodRefused):
    """A day is missing, or is none of the calendar."""

    code = "period_invalid"
    sentence = _("Enter the first and the last day like this: 2026-11-30.")


class PeriodReversed(PeriodRefused):
    """The last day is before the first."""

    code = "period_reversed"
    sentence = _("The last day is before the first one. Swap them.")


class PeriodOutOfRange(PeriodRefused):
    """Before the first year, or far in the future."""

    code = "period_out_of_range"
    sentence = _("Choose days from 1 January 2020 on, and at most a year ahead.")
