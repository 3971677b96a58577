"""What others may want to hear of money."""

from django.dispatch import Signal

# A player may not play any longer: the seats are to be left. Sent with `user_id` and `reason`
# (`self_excluded` or `limit_time`), after the commit.
play_barred = Signal()
