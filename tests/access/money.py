"""Which POSTs move money: those whose rule says so.

They take a key (`tutorhub.core.idempotency`): pages by a hidden field, the API by a header.
"""

from tutorhub.core import access

POSTS = {name for name, rule in access.RULES.items() if "POST" in rule.names}
MONEY = {name for name in POSTS if access.RULES[name].money}
NO_MONEY = POSTS - MONEY
