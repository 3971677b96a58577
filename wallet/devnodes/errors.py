"""Why there are no test nodes."""


class DevnodesUnavailable(Exception):
    """They cannot be installed or started; the text says what to do."""
