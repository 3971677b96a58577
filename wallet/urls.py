"""The player's pages of money."""

from django.urls import include, path

from wallet.views import addresses, deposit, limits, overview, statement, withdraw

urlpatterns = [
    path("", overview.overview, name="wallet"),
    path("repay/", overview.repay, name="wallet-repay"),
    path("deposit/", deposit.deposit, name="wallet-deposit"),
    path("deposit/<str:asset>/", deposit.deposit, name="wallet-deposit-of"),
    path("deposit/<str:asset>/qr.svg", deposit.qr_code, name="wallet-qr"),
    path("deposit/<str:asset>/new/", deposit.new_address, name="wallet-new-address"),
    path("withdraw/", withdraw.withdraw, name="wallet-withdraw"),
    path("withdraw/<uuid:quote_id>/<int:address_id>/", withdraw.quote, name="wallet-quote"),
    path("withdrawals/<uuid:public_id>/", withdraw.withdrawal, name="wallet-withdrawal"),
    path("withdrawals/<uuid:public_id>/cancel/", withdraw.cancel, name="wallet-cancel"),
    path("addresses/", addresses.addresses, name="wallet-addresses"),
    path("addresses/<int:address_id>/owner/", addresses.declare, name="wallet-declare-owner"),
    path("addresses/<int:address_id>/remove/", addresses.remove, name="wallet-remove-address"),
    path("statement/", statement.statement, name="wallet-statement"),
    path("statement.csv", statement.statement_file, name="wallet-statement-file"),
    # Not found without DEBUG.
    path("test-coins/", include("wallet.devchain.urls")),
    path("limits/", limits.limits, name="wallet-limits"),
    path("limits/set/", limits.set_limit, name="wallet-set-limit"),
    path("limits/exclude/", limits.exclude, name="wallet-exclude"),
]
