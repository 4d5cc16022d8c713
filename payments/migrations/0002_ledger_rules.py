"""What PostgreSQL itself enforces on the ledger (docs/ledger.md, invariants I1 to I8)."""

from django.db import migrations

ACCOUNTS = """
CREATE FUNCTION ledger_account_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance <> 0 OR NEW.version <> 0 OR NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'an account opens empty' USING ERRCODE = '23514', CONSTRAINT = 'account_opens_empty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_opens_empty BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_born();

CREATE FUNCTION ledger_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.owner_key, NEW.unit, NEW.normal, NEW.track_balance, NEW.allow_negative)
       IS DISTINCT FROM
       (OLD.id, OLD.code, OLD.owner_key, OLD.unit, OLD.normal, OLD.track_balance, OLD.allow_negative) THEN
        RAISE EXCEPTION 'what an account is never changes' USING ERRCODE = '23514', CONSTRAINT = 'account_fixed';
    END IF;
    -- Depth 1 is this trigger itself; the trigger on entries makes it 2.
    IF (NEW.balance, NEW.version) IS DISTINCT FROM (OLD.balance, OLD.version) AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'only entries move a balance' USING ERRCODE = '23514', CONSTRAINT = 'account_balance_by_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_fixed BEFORE UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_kept();
"""

APPEND_ONLY = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER account_never_deleted BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER txn_append_only BEFORE UPDATE OR DELETE ON ledger_txn
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
"""

# The identity of the transaction is pg_current_xact_id() and not xmin, which is the identity of the
# subtransaction, so that every savepoint would look like another transaction.
TRANSACTIONS = """
CREATE FUNCTION ledger_txn_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xact_id := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER txn_born BEFORE INSERT ON ledger_txn
    FOR EACH ROW EXECUTE FUNCTION ledger_txn_born();

CREATE FUNCTION ledger_txn_has_legs() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_entry WHERE txn_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'transaction % has fewer than two legs', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'txn_two_legs';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER txn_two_legs AFTER INSERT ON ledger_txn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_txn_has_legs();
"""

# The function runs as its owner, because the application's role may not update a balance. The row
# lock and the check of the new balance are one statement, so the check is an authorisation.
ENTRIES = """
CREATE FUNCTION ledger_entry_born() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acc ledger_account%ROWTYPE;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_txn
                    WHERE id = NEW.txn_id AND xact_id = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'transaction % is closed', NEW.txn_id
            USING ERRCODE = '23514', CONSTRAINT = 'entry_in_time';
    END IF;
    UPDATE ledger_account
       SET balance = balance + normal * (NEW.debit - NEW.credit), version = version + 1
     WHERE id = NEW.account_id AND track_balance AND closed_at IS NULL
       AND (allow_negative OR balance + normal * (NEW.debit - NEW.credit) >= 0)
    RETURNING * INTO acc;
    IF FOUND THEN
        NEW.balance_after := acc.balance;
        NEW.account_version := acc.version;
    ELSE
        SELECT * INTO acc FROM ledger_account WHERE id = NEW.account_id;
        IF acc.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'account % is closed', acc.code
                USING ERRCODE = '23514', CONSTRAINT = 'account_closed', COLUMN = acc.code;
        ELSIF acc.track_balance THEN
            RAISE EXCEPTION 'account % would go below zero', acc.code
                USING ERRCODE = '23514', CONSTRAINT = 'acct_no_overdraft', COLUMN = acc.code;
        END IF;
        NEW.balance_after := NULL;
        NEW.account_version := NULL;
    END IF;
    NEW.unit := acc.unit;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_born BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_born();

CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM ledger_entry WHERE txn_id = NEW.txn_id
      GROUP BY unit HAVING sum(debit) <> sum(credit);
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not balance', NEW.txn_id
            USING ERRCODE = '23514', CONSTRAINT = 'entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
"""

UNDO = """
DROP TRIGGER entry_balanced ON ledger_entry;
DROP TRIGGER entry_born ON ledger_entry;
DROP TRIGGER txn_two_legs ON ledger_txn;
DROP TRIGGER txn_born ON ledger_txn;
DROP TRIGGER entry_append_only ON ledger_entry;
DROP TRIGGER txn_append_only ON ledger_txn;
DROP TRIGGER account_never_deleted ON ledger_account;
DROP TRIGGER account_fixed ON ledger_account;
DROP TRIGGER account_opens_empty ON ledger_account;
DROP FUNCTION ledger_entry_balances, ledger_entry_born, ledger_txn_has_legs, ledger_txn_born,
    ledger_append_only, ledger_account_kept, ledger_account_born;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunSQL(ACCOUNTS + APPEND_ONLY + TRANSACTIONS + ENTRIES, UNDO),
    ]
