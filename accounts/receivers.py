"""What this app asks of those below, and its work for later."""

from collections.abc import Callable
from uuid import UUID

from accounts import messages, news, personal
from accounts.services import alarms, clearing, erasures, exports, send_limits
from notifications.services import deliveries
from tutorhub.core import datamap, outbox, retention, sweeping

datamap.register(personal.TABLES)
retention.register(clearing.RULES)

# A code that goes by a second channel is paid for twice, and both times from the day's budget.
for code in messages.CODES:
    deliveries.register_purse(code.name, send_limits.spend)


@outbox.job(alarms.RING)
def ring_alarm(payload: outbox.Payload) -> None:
    alarms.rang(payload["what"])


@outbox.receiver(news.USER_ERASED)
def forget_account(payload: outbox.Payload) -> None:
    user_id = UUID(payload["user_id"])
    erasures.forget_account(user_id, erasures.traces_of(user_id))


@outbox.call(exports.MAKE)
def make_export(payload: outbox.Payload, done: Callable[[], None]) -> None:
    exports.make(UUID(payload["request"]), done)


@outbox.call(erasures.LIST)
def list_erasure(payload: outbox.Payload, done: Callable[[], None]) -> None:
    erasures.put_on_list(UUID(payload["user_id"]))
    done()


@outbox.job(erasures.FINISH)
def finish_erasure(payload: outbox.Payload) -> None:
    erasures.finish(UUID(payload["request"]))


sweeping.register("exports", exports.known_keys)
