"""Every refusal over REST has the body `{"code", "message"}`; codes are those of the protocol."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django_ratelimit.exceptions import Ratelimited
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tables.protocol.codes import sentence
from tables.runtime.errors import RuntimeUnavailable, TableUnknown


class Unavailable(exceptions.APIException):
    """The running game cannot be asked."""

    status_code = 503
    default_code = "unavailable"


class ErrorSerializer(serializers.Serializer[Any]):
    """Why a request was refused."""

    code = serializers.CharField(help_text="stable, for programs")
    message = serializers.CharField(help_text="for people")


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None for what is no refusal but a fault of ours."""
    code, known = _as_api_error(error)
    response = exception_handler(known, context)
    if response is None:
        return None
    response.data = {"code": code, "message": sentence(code)}
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
        case exceptions.Throttled():
            return "rate_limited", error
        case exceptions.AuthenticationFailed():
            return "not_authenticated", error
        case exceptions.APIException():
            return str(error.default_code), error
    return "server_error", error
