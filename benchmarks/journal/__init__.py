"""One journal, kept in three ways: by TutorHub's ledger, by plain SQL and by django-hordak."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

TUTORS = 50
_TUTORS = [uuid5(UUID(int=0), f"tutor {number}") for number in range(TUTORS)]


@dataclass(frozen=True)
class Leg:
    code: str
    owner: str
    debit: int
    credit: int


@dataclass(frozen=True)
class Fact:
    """One posting. `opens` is the session whose escrow account nobody has used before."""

    kind: str
    key: str
    legs: tuple[Leg, ...]
    opens: str = ""


def facts() -> Iterator[Fact]:
    """The four postings of one paid class (docs/ledger.md), class after class, without end."""
    number = 0
    while True:
        number += 1
        session, tutor = str(uuid4()), str(_TUTORS[number * 7 % TUTORS])
        yield Fact(
            "session_paid",
            f"rzp:capture:{session}",
            (Leg("rzp_clearing", "", 100_000, 0), Leg("session_escrow", session, 0, 100_000)),
            opens=session,
        )
        yield Fact(
            "gateway_fee",
            f"rzp:fee:{session}",
            (
                Leg("gateway_fees", "", 2000, 0),
                Leg("gst_input", "", 360, 0),
                Leg("rzp_clearing", "", 0, 2360),
            ),
        )
        yield Fact(
            "session_completed",
            f"booking:{session}:complete",
            (
                Leg("session_escrow", session, 100_000, 0),
                Leg("tutor_held", tutor, 0, 82_200),
                Leg("commission_session", "", 0, 15_000),
                Leg("gst_output_cgst", "", 0, 1350),
                Leg("gst_output_sgst", "", 0, 1350),
                Leg("tds_payable", "", 0, 100),
            ),
        )
        yield Fact(
            "session_released",
            f"booking:{session}:release",
            (Leg("tutor_held", tutor, 82_200, 0), Leg("tutor_earnings", tutor, 0, 82_200)),
        )
