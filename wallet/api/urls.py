"""REST routes under `/api/v1/wallet/`."""

from django.urls import path

from wallet.api import account, limits, payouts, statements

urlpatterns = [
    path("", account.WalletView.as_view(), name="wallet"),
    path(
        "deposit-addresses/",
        account.DepositAddressesView.as_view(),
        name="wallet-deposit-addresses",
    ),
    path("repayments/", account.RepaymentsView.as_view(), name="wallet-repayments"),
    path("deposits/", account.DepositListView.as_view(), name="wallet-deposits"),
    path("rates/", account.RatesView.as_view(), name="wallet-rates"),
    path(
        "payout-addresses/", payouts.PayoutAddressesView.as_view(), name="wallet-payout-addresses"
    ),
    path(
        "payout-addresses/<int:address_id>/",
        payouts.PayoutAddressView.as_view(),
        name="wallet-payout-address",
    ),
    path("quotes/", payouts.QuotesView.as_view(), name="wallet-quotes"),
    path("withdrawals/", payouts.WithdrawalsView.as_view(), name="wallet-withdrawals"),
    path(
        "withdrawals/<uuid:public_id>/", payouts.WithdrawalView.as_view(), name="wallet-withdrawal"
    ),
    path(
        "withdrawals/<uuid:public_id>/cancel/",
        payouts.CancelView.as_view(),
        name="wallet-withdrawal-cancel",
    ),
    path("statement/", statements.StatementView.as_view(), name="wallet-statement"),
    path("statement/csv/", statements.StatementFileView.as_view(), name="wallet-statement-csv"),
    path("limits/", limits.LimitsView.as_view(), name="wallet-limits"),
    path("exclusion/", limits.ExclusionView.as_view(), name="wallet-exclusion"),
]
