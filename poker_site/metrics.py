"""`/metrics` for Prometheus: for this machine and for staff only."""

import ipaddress

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView


def metrics(request: HttpRequest) -> HttpResponse:
    if not (_is_local(request) or request.user.is_staff):
        raise PermissionDenied
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _is_local(request: HttpRequest) -> bool:
    """Asked on this machine, and not by a proxy of ours on behalf of somebody else?"""
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
