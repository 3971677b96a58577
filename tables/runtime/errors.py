"""What can go wrong around a running table.

- `RuntimeUnavailable`: Redis does not answer; try again.
- `TableUnknown`: no such table is running.
- `StaleEpoch`: somebody else owns the shard now; this process must not write.
- `DataLost`: Redis came back without the shard's data.
- `TableUnreadable`: what is stored of one table makes no state.
"""


class RuntimeUnavailable(Exception):
    """Redis does not answer; the same request may be sent again."""


class TableUnknown(Exception):
    """No such table, or it has not been opened yet."""


class StaleEpoch(Exception):
    """This process has lost the shard to a newer owner; nothing was written."""


class DataLost(Exception):
    """Redis has no, or other, data of the shard than the owner wrote."""


class TableUnreadable(Exception):
    """A table's snapshot and journal do not give its state: damaged, or sealed with another key."""
