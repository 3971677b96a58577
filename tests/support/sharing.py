"""Which worker runs which tests of whole sites: one has the session's site, the other all those
that start sites of their own. So there are never more than two.

Workers tell the controller a test's name alone, so what it needs is told by where it lies.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# Their tests have a site of their own; all others have the session's.
OWN_SITES = ("tests/faults/", "tests/site/own/", "tests/bench/test_command.py::test_everything")


class BySite(LoadScopeScheduling):  # type: ignore[misc]
    """`--dist loadgroup`: two shares, as above."""

    def _split_scope(self, nodeid: str) -> str:
        return "own sites" if nodeid.startswith(OWN_SITES) else "the session's site"


def lies_wrong(item: pytest.Item) -> bool:
    """A test of a whole site that would be in the other one's share."""
    names = getattr(item, "fixturenames", ())
    return ("site" in names) == item.nodeid.startswith(OWN_SITES)
