"""What others may want to hear of accounts."""

from django.dispatch import Signal

# Nobody may be logged in to this account any longer. Sent with `user_id`.
locked_out = Signal()
