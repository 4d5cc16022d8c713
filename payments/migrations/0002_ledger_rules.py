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
    acc record;
BEGIN
    SELECT code, unit, track_balance, closed_at,
           EXISTS (SELECT FROM ledger_txn
                    WHERE id = NEW.txn_id AND xact_id = pg_current_xact_id()::text::bigint) AS is_in_time
      INTO acc FROM ledger_account WHERE id = NEW.account_id;
    IF acc.is_in_time IS NOT TRUE THEN
        RAISE EXCEPTION 'transaction % is closed', NEW.txn_id
            USING ERRCODE = '23514', CONSTRAINT = 'entry_in_time';
    END IF;
    NEW.balance_after := NULL;
    NEW.account_version := NULL;
    IF acc.track_balance THEN
        UPDATE ledger_account
           SET balance = balance + normal * (NEW.debit - NEW.credit), version = version + 1
         WHERE id = NEW.account_id AND closed_at IS NULL
           AND (allow_negative OR balance + normal * (NEW.debit - NEW.credit) >= 0)
        RETURNING balance, version INTO NEW.balance_after, NEW.account_version;
        IF NOT FOUND THEN
            SELECT code, closed_at INTO acc FROM ledger_account WHERE id = NEW.account_id;
            IF acc.closed_at IS NULL THEN
                RAISE EXCEPTION 'account % would go below zero', acc.code
                    USING ERRCODE = '23514', CONSTRAINT = 'acct_no_overdraft', COLUMN = acc.code;
            END IF;
        END IF;
    END IF;
    IF acc.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'account % is closed', acc.code
            USING ERRCODE = '23514', CONSTRAINT = 'account_closed', COLUMN = acc.code;
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

# One call books one fact, so that a posting costs one round trip and its plans are kept by the
# session. It holds no rule of its own: it runs with the rights of its caller, and what it writes
# passes the triggers above like everything else.
POSTING = """
CREATE FUNCTION ledger_accounts(
    codes text[], owners text[], units text[], normals smallint[], tracked boolean[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    accounts bigint[];
BEGIN
    -- Those that do not exist yet are opened, by us or by somebody at the same moment.
    FOR attempt IN 1..2 LOOP
        accounts := ARRAY(
            SELECT a.id FROM unnest(codes, owners, units) WITH ORDINALITY AS leg (code, owner_key, unit, nr)
              LEFT JOIN ledger_account a USING (code, owner_key, unit) ORDER BY leg.nr);
        EXIT WHEN array_position(accounts, NULL) IS NULL;
        INSERT INTO ledger_account (code, owner_key, unit, normal, track_balance, allow_negative, balance, version)
        SELECT leg.code, leg.owner_key, leg.unit, leg.normal, leg.is_tracked, NOT leg.is_tracked, 0, 0
          FROM unnest(codes, owners, units, normals, tracked, accounts)
               AS leg (code, owner_key, unit, normal, is_tracked, account)
         WHERE leg.account IS NULL ORDER BY leg.code, leg.owner_key, leg.unit
            ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN accounts;
END $$;

CREATE FUNCTION ledger_post(
    new_id uuid, new_kind text, new_key text, new_fingerprint text, moment timestamptz,
    reversed uuid, actor uuid, new_refs jsonb,
    codes text[], owners text[], units text[], normals smallint[], tracked boolean[],
    debits bigint[], credits bigint[],
    OUT known_id uuid, OUT known_fingerprint text
) LANGUAGE plpgsql AS $$
DECLARE
    accounts bigint[] := ledger_accounts(codes, owners, units, normals, tracked);
BEGIN
    -- Header and legs are one statement, so that they also pass where constraints are immediate.
    -- Everybody takes the locks in the same order, so nobody waits in a circle.
    WITH born AS (
        INSERT INTO ledger_txn (id, kind, idem_key, fingerprint, effective_at, created_at, xact_id,
                                reverses_id, actor_id, refs)
        VALUES (new_id, new_kind, new_key, new_fingerprint, moment, moment, 0, reversed, actor, new_refs)
            ON CONFLICT (idem_key) DO NOTHING RETURNING id)
    INSERT INTO ledger_entry (txn_id, account_id, seq, unit, debit, credit)
    SELECT born.id, leg.account, row_number() OVER (ORDER BY leg.account), leg.unit, leg.debit, leg.credit
      FROM born, unnest(accounts, units, debits, credits) AS leg (account, unit, debit, credit)
     ORDER BY leg.account;
    IF NOT FOUND THEN
        SELECT id, fingerprint INTO known_id, known_fingerprint FROM ledger_txn WHERE idem_key = new_key;
    END IF;
END $$;
"""

UNDO = """
DROP FUNCTION ledger_post, ledger_accounts;
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
        migrations.RunSQL(ACCOUNTS + APPEND_ONLY + TRANSACTIONS + ENTRIES + POSTING, UNDO),
    ]
