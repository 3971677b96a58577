import gc

from django.apps import AppConfig


class PokerSiteConfig(AppConfig):
    name = "poker_site"

    def ready(self) -> None:
        from poker_site import checks  # noqa: F401 - registers them
        from poker_site.library_names import name_them

        name_them()

        # What is here by now stays: no collection looks through all of it again.
        gc.freeze()
        gc.enable()
