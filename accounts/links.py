"""Links to the site's pages, for mails: never from what a request says its host is."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def link_to(view: str, *args: Any, **kwargs: Any) -> str:
    """The whole address of a page."""
    return str(settings.SITE_URL + reverse(view, args=args, kwargs=kwargs))


def site_host() -> str:
    """The site's own host, with its port where that is not the scheme's."""
    return urlsplit(settings.SITE_URL).netloc
