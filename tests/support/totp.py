"""The authenticator app of a player: codes as RFC 6238 makes them, six digits for 30 seconds."""

import time

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

PERIOD_S = 30
# So long a code must be good for at least, or a slow machine's test uses it when it is over.
GOOD_FOR_S = 12


def code_for(secret: str) -> str:
    """The code of now; near the end of a period, like people do, the one of the next."""
    left_s = PERIOD_S - time.time() % PERIOD_S
    if left_s < GOOD_FOR_S:
        time.sleep(left_s)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
