"""The data map of core."""

from tutorhub.core.datamap import Erased, Table

TABLES = [
    Table(
        "core.OutboxRow",
        plain="id kind handler payload key due_at leased_until running_until tries starts done_at"
        " dead_at last_error created_at",
        kept="outbox",
    ),
    Table(
        "core.AuditEvent",
        plain="id at actor_id actor_role action object_type object_id data",
    ),
    Table(
        "core.IdempotencyKey",
        plain="id user_id method path key holder leased_until status location created_at",
        hidden="fingerprint body",
        kept="repeats",
        erased=Erased.DELETED,
    ),
    Table("core.AuditSeal", plain="number last_id count digest sealed_at"),
    Table("core.RetentionRun", plain="rule seen_to_at cursor"),
    Table("core.Place", plain="pin_code area city state latitude longitude"),
    Table(
        "core.SealedRecord",
        plain="id kind about until created_at",
        hidden="sealed",
        kept="vault",
        erased=Erased.SEALED,
    ),
]
