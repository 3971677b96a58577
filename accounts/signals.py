"""What others may want to hear of accounts."""

from django.dispatch import Signal

# Nobody may be logged in to this account any longer. Sent with `user_id`.
locked_out = Signal()

# Staff took somebody's voice in the chats away, or gave it back. Sent with `user_id` and `until`, a
# datetime or None.
chat_muted = Signal()
