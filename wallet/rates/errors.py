"""Why there is no rate.

NoRate
├── RatesStale      rates_stale     the sources were not heard of lately, or say old things
├── OneSource       one_source      only one source can be believed, and one is not enough
├── RatesDisagree   rates_disagree  the sources say different things
├── RatesHalted     rates_halted    the price moved too fast
└── NoSuchHalt      no_such_halt    a halt to be lifted is not there, or lifted already

"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class NoRate(WalletError):
    """There is no rate for the asset now; `detail` is for staff."""

    code = "no_rate"
    sentence = _("There is no exchange rate right now. Please try again in a few minutes.")


class RatesStale(NoRate):
    """No rate within `Policy.source_max_age_s`, and no source that is fresh."""

    code = "rates_stale"
    sentence = _("The exchange rate is out of date. Please try again in a few minutes.")


class OneSource(NoRate):
    """A rate takes at least two sources."""

    code = "one_source"
    sentence = _("The exchange rate cannot be confirmed. Please try again in a few minutes.")


class RatesDisagree(NoRate):
    """The sources are further apart than `Policy.source_deviation_bps`."""

    code = "rates_disagree"
    sentence = _("The exchanges disagree on the rate. Please try again in a few minutes.")


class RatesHalted(NoRate):
    """The circuit breaker is open."""

    code = "rates_halted"
    sentence = _("The market moves too fast, so quotes are paused. Please try again later.")


class NoSuchHalt(WalletError):
    """A halt that is to be lifted is not there, or was lifted already."""

    code = "no_such_halt"
    sentence = _("This halt is lifted already. Reload the page.")
