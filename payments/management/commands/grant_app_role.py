"""Give the application's database role what it needs, and no more (docs/ledger.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.utils import ProgrammingError
from psycopg import sql

ROLE = "tutorhub_app"
APPEND_ONLY = [
    "ledger_txn",
    "ledger_entry",
    "core_auditevent",
    "core_auditseal",
    "payments_invoice",
    "accounts_consentnotice",
    "core_sealedrecord",
]
"""The role adds to these and can never change or empty them."""


class Command(BaseCommand):
    help = (
        "Create the role that web, worker and relay connect as (where the database allows), and "
        "grant its rights. Run it as the owner of the tables, after every migrate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=ROLE)
        parser.add_argument(
            "--no-create", action="store_true", help="the role was made by somebody else"
        )

        parser.add_argument(
            "--login",
            action="store_true",
            help="let the role sign in; for the embedded database, which trusts its own socket",
        )

    def handle(self, *args: Any, role: str, no_create: bool, login: bool, **options: Any) -> None:
        with connection.cursor() as cursor:
            if not no_create:
                self.create(cursor, role)
            if login:
                cursor.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(role)))
            for statement in grants(role):
                cursor.execute(statement)
        if options["verbosity"]:
            self.stdout.write(
                f"{role} may add to {', '.join(APPEND_ONLY)}, and change none of them."
            )

    def create(self, cursor: Any, role: str) -> None:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        if cursor.fetchone()[0]:
            return
        try:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(sql.Identifier(role)))
        except ProgrammingError as error:
            raise CommandError(
                f"This user may not create roles. Have an administrator run CREATE ROLE {role}, "
                "then run this again with --no-create."
            ) from error


def grants(role: str) -> list[sql.Composed]:
    """Everything is revoked first, so that running it again also takes rights away."""
    name = sql.Identifier(role)
    kept = sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY))
    statements = [
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {kept} FROM {role}",
        # Names leave an invoice for the vault, and the vault when it is time: the triggers
        # `invoice_append_only` and `sealed_record_kept` see to it.
        "GRANT UPDATE (buyer, seller) ON payments_invoice TO {role}",
        "GRANT DELETE ON core_sealedrecord TO {role}",
        "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON ledger_account FROM {role}",
        "GRANT UPDATE (closed_at) ON ledger_account TO {role}",
        "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON payments_invoicecounter FROM {role}",
        "GRANT UPDATE (last) ON payments_invoicecounter TO {role}",
        # Notices come with a migration.
        "REVOKE INSERT ON accounts_consentnotice FROM {role}",
        # A consent is closed once; the other two may be emptied (`consent_append_only`).
        "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON accounts_consent FROM {role}",
        "GRANT UPDATE (withdrawn_at, guardian_name, guardian_phone) ON accounts_consent TO {role}",
        "REVOKE INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER ON payments_statementline, "
        "payments_statementmonth FROM {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    return [sql.SQL(statement).format(role=name, kept=kept) for statement in statements]
