"""What every page of an account may show."""

from django.conf import settings
from django.http import HttpRequest


def mail(request: HttpRequest) -> dict[str, bool]:
    """`mail_on_console`: in development letters are printed, and the page says where."""
    return {"mail_on_console": settings.DEBUG and "console" in settings.EMAIL_BACKEND}
