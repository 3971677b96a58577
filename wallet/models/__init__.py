"""The wallet's tables, one module for each part."""

from wallet.models.audit import (
    Alert,
    AlertSeen,
    AuditCursor,
    AuditRecord,
    AuditSink,
    MoneyEvent,
)
from wallet.models.chain import ChainBlock, ChainCursor, DepositAddress, Utxo
from wallet.models.deposits import Deposit, DepositEvent, DepositState
from wallet.models.four_eyes import (
    Proposal,
    ProposalKind,
    ProposalState,
    StaffChange,
    StaffChangeKind,
)
from wallet.models.ledger import Account, AccountKind, Currency, Entry, Side, Transaction
from wallet.models.letters import Letter, LetterKind
from wallet.models.limits import Exclusion, Identity, LimitKind, LimitPeriod, PlayerLimit
from wallet.models.own_coins import Custody, OwnTransfer, StrayTransfer
from wallet.models.payments import (
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentOutput,
    PaymentState,
    SweepLook,
)
from wallet.models.policy import AssetPolicy, Policy
from wallet.models.rates import Rate, RateHalt, RateSample
from wallet.models.reports import HousePosition, ReconciliationRun
from wallet.models.requests import AnsweredRequest
from wallet.models.withdrawals import (
    Approval,
    PayoutAddress,
    WalletOwner,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalQuote,
    WithdrawalState,
)

__all__ = [
    "Account",
    "AccountKind",
    "Alert",
    "AlertSeen",
    "AnsweredRequest",
    "Approval",
    "AssetPolicy",
    "AuditCursor",
    "AuditRecord",
    "AuditSink",
    "ChainBlock",
    "ChainCursor",
    "Currency",
    "Custody",
    "Deposit",
    "DepositAddress",
    "DepositEvent",
    "DepositState",
    "Entry",
    "Exclusion",
    "HousePosition",
    "Identity",
    "Letter",
    "LetterKind",
    "LimitKind",
    "LimitPeriod",
    "MoneyEvent",
    "OwnTransfer",
    "Payment",
    "PaymentAttempt",
    "PaymentKind",
    "PaymentOutput",
    "PaymentState",
    "PayoutAddress",
    "PlayerLimit",
    "Policy",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Rate",
    "RateHalt",
    "RateSample",
    "ReconciliationRun",
    "Side",
    "StaffChange",
    "StaffChangeKind",
    "StrayTransfer",
    "SweepLook",
    "Transaction",
    "Utxo",
    "WalletOwner",
    "Withdrawal",
    "WithdrawalEvent",
    "WithdrawalQuote",
    "WithdrawalState",
]
