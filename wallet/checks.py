"""What `manage.py check --deploy --database default` says about the ledger, nodes and the law."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError, connections

from wallet.models import Policy
from wallet.play_money import main_networks
from wallet.providers import is_another


@register(Tags.database, deploy=True)
def the_sites_role_is_no_superuser(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """A superuser can switch the ledger's triggers off."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
        if row and row[0]:
            messages.append(
                checks.Warning(
                    "The site's database role is a superuser, so it can switch off what keeps"
                    " the ledger honest.",
                    hint="Use a role with the grants of docs/ledger.md.",
                    id="wallet.W001",
                )
            )
    return messages


@register(deploy=True)
def play_money_is_never_paid_out(**_options: Any) -> list[CheckMessage]:
    """Won that was given away must not become coins."""
    pays = settings.BITCOIN_RPC_URL or settings.ETHEREUM_RPC_URL
    if settings.DEBUG or not settings.PLAY_MONEY_GRANT_KRW or not pays:
        return []
    return [
        checks.Error(
            "New accounts are given play money, and coins are paid out here.",
            hint="Set PLAY_MONEY_GRANT_KRW=0, or no node.",
            id="wallet.E001",
        )
    ]


@register(deploy=True)
def the_second_node_is_another(**_options: Any) -> list[CheckMessage]:
    """A node does not confirm itself."""
    pairs = {
        "BITCOIN_RPC_URL_2": (settings.BITCOIN_RPC_URL, settings.BITCOIN_RPC_URL_2),
        "ETHEREUM_RPC_URL_2": (settings.ETHEREUM_RPC_URL, settings.ETHEREUM_RPC_URL_2),
    }
    return [
        checks.Error(f"{name} is the first node again.", id="wallet.E002")
        for name, (first, second) in pairs.items()
        if first and second and not is_another(first, second) and settings.REQUIRE_SECOND_NODE
    ]


@register(Tags.database, deploy=True)
def coins_of_worth_need_names(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Who takes and pays real coins must know whose they are."""
    networks = main_networks()
    if "default" not in (databases or ()) or not networks:
        return []
    try:
        rules = Policy.objects.filter(id=1).first() or Policy()
    except DatabaseError:
        # The tables are not there yet; there are no players either.
        return []
    open_to_all = [
        name
        for name in ("deposit_identity_level", "withdraw_identity_level")
        if getattr(rules, name) == 0
    ]
    return [
        checks.Warning(
            f"{name} is 0, and there is a main network ({', '.join(networks)}).",
            hint="Set in admin, under the house rules for money, what the law asks of you.",
            id="wallet.W002",
        )
        for name in open_to_all
    ]
