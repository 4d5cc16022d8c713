"""What an erasure means for a family, in words for its page."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from students import queries


def consequences(user: User) -> Iterator[str]:
    member = queries.member(user)
    if member is None:
        return
    if not member.is_holder:
        yield _(
            "The family stays with the other guardian. What you agreed to for a child is withdrawn,"
            " and where your number stood theirs is put."
        )
        return
    yield _(
        "Your children's names, goals and free hours and their guardians' names and numbers are"
        " deleted, and every consent ends."
    )
    if len(queries.adults(member.family_id)) > 1:
        yield _("The family ends for the other guardian too. We tell them.")
