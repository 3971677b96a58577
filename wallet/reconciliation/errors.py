"""Why a difference of chain and ledger is not booked.

WalletError
├── DifferenceGone        difference_gone         the newest run does not find it like this
└── DifferenceNotProven   difference_not_proven   the newest run could not look at everything there
"""

from django.utils.translation import gettext_lazy as _

from wallet.errors import WalletError


class DifferenceGone(WalletError):
    """It is not in both looks of the run and of the newest one, or it was booked since."""

    code = "difference_gone"
    sentence = _(
        "The newest reconciliation does not find this difference, at both its looks and for every"
        " node. Look at it, or wait for the next one."
    )


class DifferenceNotProven(WalletError):
    """A node was gone or behind, or the scanner was."""

    code = "difference_not_proven"
    sentence = _(
        "The newest reconciliation could not compare this network. Wait for one that can, then"
        " decide."
    )
