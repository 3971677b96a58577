"""What a player has asked the table to do without being asked each time."""

from typing import Literal

import msgspec

RunItTwice = Literal["ask", "yes", "no"]


class Options(msgspec.Struct, frozen=True):
    """A seated player's options; the server keeps them, and only the player sees them.

    - `post_blinds`: pay what is owed to come in at once, instead of waiting for the big blind.
    - `straddle`: post twice the big blind whenever under the gun.
    - `run_it_twice`, `rabbit_hunt`: the answer to give when the table asks for consent
      (`rabbit_hunt` False: be asked).
    - `auto_top_up_krw`: after each hand, fill the stack up to this from the balance (0: off).
    - `sit_out_next_big_blind`, `leave_after_hand`: happen once, then they are off again.
    """

    post_blinds: bool = False
    straddle: bool = False
    run_it_twice: RunItTwice = "ask"
    rabbit_hunt: bool = False
    auto_top_up_krw: int = 0
    sit_out_next_big_blind: bool = False
    leave_after_hand: bool = False
