"""Every refusal over REST has the body `{"code", "message"}`; codes are those of the protocol."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django_ratelimit.exceptions import Ratelimited
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tables.protocol.codes import sentence
from tables.runtime.errors import RuntimeUnavailable, TableUnknown
from wallet.api.errors import ErrorSerializer as ErrorSerializer
from wallet.api.errors import MoneyRefused
from wallet.errors import WalletError
from wallet.keys.errors import AddressRefused


class Unavailable(exceptions.APIException):
    """The running game cannot be asked."""

    status_code = 503
    default_code = "unavailable"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None for what is no refusal but a fault of ours."""
    code, known = _as_api_error(error)
    response = exception_handler(known, context)
    if response is None:
        return None
    message = str(known.detail) if isinstance(known, MoneyRefused) else sentence(code)
    response.data = {"code": code, "message": message}
    return response


def _as_api_error(error: Exception) -> tuple[str, Exception]:
    match error:
        case Ratelimited():
            return "rate_limited", exceptions.Throttled()
        case RuntimeUnavailable():
            return "unavailable", Unavailable()
        case Http404() | TableUnknown():
            return "not_found", exceptions.NotFound()
        case PermissionDenied():
            return "permission_denied", error
        case WalletError() | AddressRefused():
            return error.code, MoneyRefused(error)
        case exceptions.Throttled():
            return "rate_limited", error
        case exceptions.AuthenticationFailed():
            return "not_authenticated", error
        case exceptions.APIException():
            return str(error.default_code), error
    return "server_error", error
