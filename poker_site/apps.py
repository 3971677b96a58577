from django.apps import AppConfig


class PokerSiteConfig(AppConfig):
    name = "poker_site"

    def ready(self) -> None:
        from poker_site import checks  # noqa: F401 - registers them
