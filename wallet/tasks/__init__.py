"""Celery tasks of the wallet, by area. Doing any of them twice changes nothing."""

from importlib import import_module
from pkgutil import iter_modules

# Celery looks here for tasks; each module registers its own.
for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
