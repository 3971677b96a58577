"""A page that sends worthless coins to one's own deposit address and mines blocks."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from poker_site.embedded.addresses import read_services
from wallet import addressing
from wallet.assets import Asset, Network, coins, facts
from wallet.chains.errors import ChainError
from wallet.devchain.faucet import GIFTS, send
from wallet.devchain.nodes import Nodes, nodes_of
from wallet.views.shared import View, page, refusals_are_told, user_of

BLOCKS = (1, 3, 6, 10)


def development(view: View) -> View:
    """A page that a site which others can reach does not have."""
    shown = page(view)

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return shown(request)

    return answer


@development
def test_coins(request: HttpRequest) -> HttpResponse:
    nodes = _nodes()
    heights = {}
    if nodes is not None:
        heights = {"bitcoin": nodes.bitcoin.height(), "ethereum": nodes.ethereum.height()}
    return render(
        request,
        "wallet/test_coins.html",
        {
            "is_up": nodes is not None,
            "gifts": [(asset, coins(asset, GIFTS[asset])) for asset in addressing.offered_assets()],
            "networks": [(network, heights.get(network.value)) for network in Network],
            "blocks": BLOCKS,
        },
    )


@development
@require_POST
def send_coins(request: HttpRequest) -> HttpResponse:
    """Coins for the player's newest address."""
    nodes, asset = _nodes(), request.POST.get("asset", "")
    if nodes is None or asset not in addressing.offered_assets():
        messages.error(request, _("The test chains do not run."))
        return redirect("wallet-test-coins")
    asset = Asset(asset)
    with refusals_are_told(request):
        address = addressing.deposit_address(
            user_id=user_of(request).pk, network=facts(asset).network
        )
        try:
            send(nodes, asset, address.address, GIFTS[asset])
        except ChainError as error:
            messages.error(request, str(error))
        else:
            text = _("%(coins)s are on their way. Mine a block, or wait for one.")
            messages.success(request, text % {"coins": coins(asset, GIFTS[asset])})
    return redirect("wallet-test-coins")


@development
@require_POST
def mine(request: HttpRequest) -> HttpResponse:
    """Blocks of one chain, now."""
    nodes, count = _nodes(), request.POST.get("count", "1")
    if nodes is None or count not in map(str, BLOCKS):
        messages.error(request, _("The test chains do not run."))
        return redirect("wallet-test-coins")
    is_bitcoin = request.POST.get("network") == Network.BITCOIN
    (nodes.bitcoin if is_bitcoin else nodes.ethereum).mine(int(count))
    messages.success(request, _("Mined: %(count)s") % {"count": count})
    return redirect("wallet-test-coins")


def _nodes() -> Nodes | None:
    """The running nodes."""
    nodes = nodes_of(read_services(settings.DATA_DIR))
    return nodes if nodes is not None and nodes.are_up() else None
