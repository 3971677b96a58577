"""What the house takes of a pot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RakeTerms:
    """A share of the contested pot in basis points, and the most that one hand pays."""

    bps: int
    cap_krw: int

    def rake_krw(self, pot_krw: int) -> int:
        """The rake of a pot: whole won, rounded down, up to the cap."""
        return min(pot_krw * self.bps // 10_000, self.cap_krw)


NO_RAKE = RakeTerms(bps=0, cap_krw=0)


def terms_for(*, big_blind_krw: int, players: int) -> RakeTerms:
    """The terms of a hand at this stake with so many players dealt in: no rake yet."""
    return NO_RAKE
