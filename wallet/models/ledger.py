"""The double-entry ledger: accounts, transactions and their entries.

These rows are written by `wallet.ledger` only. What the database itself refuses is in
`migrations/0002_ledger_guards.py`; `docs/ledger.md` tells it in one page, `wallet.chart` which
accounts there are.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wallet.fields import AmountField


class Currency(models.TextChoices):
    """What an account is held in. Amounts count the unit in brackets."""

    KRW = "KRW", _("KRW (won)")
    BTC = "BTC", _("BTC (satoshi)")
    ETH = "ETH", _("ETH (wei)")
    USDT = "USDT", _("USDT (millionths)")
    USDC = "USDC", _("USDC (millionths)")


class Side(models.TextChoices):
    """The two sides of every transaction."""

    DEBIT = "D", _("debit")
    CREDIT = "C", _("credit")


class AccountKind(models.TextChoices):
    """Whose money an account holds."""

    PLAYER = "player", _("player")
    ESCROW = "escrow", _("table escrow")
    RAKE = "rake", _("rake")
    PLAY_MONEY = "play_money", _("play money issued")
    HELD = "held", _("held for withdrawals")
    RECEIVABLE = "receivable", _("owed by a player")
    CUSTODY = "custody", _("coins that we hold")
    POSITION = "position", _("coins bought from players")
    POSITION_COST = "position_cost", _("won for the position")
    QUARANTINE = "quarantine", _("coins in quarantine")
    CAPITAL = "capital", _("coins of the operator")
    DUST = "dust", _("dust")
    NETWORK_FEES = "network_fees", _("network fees paid")
    FEES = "fees", _("fees taken")
    LOSSES = "losses", _("coins lost")


class Account(models.Model):
    """Money of one owner in one currency.

    `debits` and `credits` are running totals that only entries move; the balance is their
    difference on the normal side: a credit account is what the house owes, a debit account what
    the house has or has issued. `entry_count` is the ordinal of the account's newest entry.
    """

    code = models.CharField(_("code"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind)
    currency = models.CharField(_("currency"), max_length=8, choices=Currency)
    normal_side = models.CharField(_("normal side"), max_length=1, choices=Side)
    may_overdraw = models.BooleanField(_("may be overdrawn"), default=False, db_default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="ledger_accounts",
        verbose_name=_("user"),
    )
    # No foreign key: the wallet knows tables by number only.
    table_id = models.BigIntegerField(_("table"), null=True)
    debits = AmountField(_("debits"), default=0, db_default=0)
    credits = AmountField(_("credits"), default=0, db_default=0)
    entry_count = models.BigIntegerField(_("entries"), default=0, db_default=0)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = (
            models.Index(
                fields=("table_id",),
                condition=Q(table_id__isnull=False),
                name="wallet_account_table",
            ),
        )
        # What an account is, is checked when it is opened (migrations/0022_lean_posting.py): each
        # CHECK here costs every entry.
        constraints = (
            models.UniqueConstraint(fields=("code",), name="wallet_account_code"),
            models.CheckConstraint(
                condition=Q(may_overdraw=True)
                | Q(normal_side=Side.CREDIT, credits__gte=F("debits"))
                | Q(normal_side=Side.DEBIT, debits__gte=F("credits")),
                name="wallet_account_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(debits=F("credits")),
                name="wallet_account_closed_empty",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def balance(self) -> int:
        """What is on the account, on its normal side, in the currency's own unit."""
        net: int = self.credits - self.debits
        return net if self.normal_side == Side.CREDIT else -net


class Transaction(models.Model):
    """One movement of money; its entries balance in every currency. Never changes.

    `key` makes it happen once, `content_hash` tells a repetition from a mistake.
    """

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=200)
    content_hash = models.CharField(_("content hash"), max_length=64)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    meta = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        indexes = (models.Index(fields=("kind", "-id"), name="wallet_transaction_kind"),)
        constraints = (
            models.UniqueConstraint(fields=("key",), name="wallet_transaction_key"),
            models.UniqueConstraint(
                fields=("reverses",),
                condition=Q(reverses__isnull=False),
                name="wallet_transaction_reversed_once",
            ),
            # One check: each is read anew by every statement that writes a transaction.
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(key="") & Q(id__gt=0), name="wallet_transaction_named"
            ),
        )
        permissions = (("view_finance", _("Can read the books and download them")),)

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One side of a transaction on one account. Never changes.

    `ordinal` counts the account's entries without gaps, `balance_after` is the account's balance
    with this entry; the database sets both.
    """

    # Both are proven by the triggers, which look them up, and neither is ever deleted.
    transaction = models.ForeignKey(
        Transaction,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="entries",
        verbose_name=_("transaction"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="entries",
        verbose_name=_("account"),
    )
    side = models.CharField(_("side"), max_length=1, choices=Side)
    amount = AmountField(_("amount"))
    ordinal = models.BigIntegerField(_("number on the account"))
    balance_after = AmountField(_("balance after"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = (
            models.UniqueConstraint(
                fields=("transaction", "account"), name="wallet_entry_account_once"
            ),
            models.UniqueConstraint(fields=("account", "ordinal"), name="wallet_entry_ordinal"),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.amount}"
