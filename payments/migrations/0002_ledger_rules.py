"""What PostgreSQL itself enforces on the ledger (docs/ledger.md, invariants I1 to I8).

Guards that refuse are conditions of their triggers (`WHEN`), so that what is allowed costs no call
of a function: a posting passes some twenty of them.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[1] USING ERRCODE = '23514', CONSTRAINT = TG_ARGV[0];
END $$;
"""

ACCOUNTS = """
CREATE TRIGGER account_opens_empty BEFORE INSERT ON ledger_account FOR EACH ROW
    WHEN (NEW.balance <> 0 OR NEW.version <> 0 OR NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION ledger_refuse('account_opens_empty', 'an account opens empty');
CREATE TRIGGER account_fixed BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN ((NEW.id, NEW.code, NEW.owner_key, NEW.unit, NEW.normal, NEW.track_balance, NEW.allow_negative)
        IS DISTINCT FROM
        (OLD.id, OLD.code, OLD.owner_key, OLD.unit, OLD.normal, OLD.track_balance, OLD.allow_negative))
    EXECUTE FUNCTION ledger_refuse('account_fixed', 'what an account is never changes');
-- At depth 0 nobody but the caller himself writes; the trigger on entries makes it 1.
CREATE TRIGGER account_balance_by_entry BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() < 1 AND (NEW.balance, NEW.version) IS DISTINCT FROM (OLD.balance, OLD.version))
    EXECUTE FUNCTION ledger_refuse('account_balance_by_entry', 'only entries move a balance');
"""

APPEND_ONLY = """
CREATE TRIGGER account_never_deleted BEFORE DELETE ON ledger_account FOR EACH ROW
    EXECUTE FUNCTION ledger_refuse('ledger_append_only', 'nothing is deleted');
CREATE TRIGGER txn_append_only BEFORE UPDATE OR DELETE ON ledger_txn FOR EACH ROW
    EXECUTE FUNCTION ledger_refuse('ledger_append_only', 'nothing is changed or deleted');
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW
    EXECUTE FUNCTION ledger_refuse('ledger_append_only', 'nothing is changed or deleted');
"""

# The identity of the transaction is pg_current_xact_id() and not xmin, which is the identity of the
# subtransaction, so that every savepoint would look like another transaction.
TRANSACTIONS = """
CREATE FUNCTION ledger_xact() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT pg_current_xact_id()::text::bigint
$$;

CREATE FUNCTION ledger_txn_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xact_id := ledger_xact();
    RETURN NEW;
END $$;
CREATE TRIGGER txn_born BEFORE INSERT ON ledger_txn
    FOR EACH ROW WHEN (NEW.xact_id <> ledger_xact()) EXECUTE FUNCTION ledger_txn_born();

-- Legs that balance are two at least, because each has exactly one side above zero.
CREATE FUNCTION ledger_txn_has_legs() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry WHERE txn_id = NEW.id) THEN
        RAISE EXCEPTION 'transaction % has fewer than two legs', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'txn_two_legs';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER txn_two_legs AFTER INSERT ON ledger_txn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_txn_has_legs();
"""

# The function for a leg runs as its owner, because the application's role may not update a balance.
# The row lock and the check of the new balance are one statement, so the check is an authorisation.
# The legs of one statement balance among themselves; with that, so does every transaction.
ENTRIES = """
CREATE FUNCTION ledger_entry_born() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acc record;
BEGIN
    NEW.balance_after := NULL;
    NEW.account_version := NULL;
    SELECT code, unit, track_balance, closed_at INTO acc FROM ledger_account WHERE id = NEW.account_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no account %', NEW.account_id
            USING ERRCODE = '23503', CONSTRAINT = 'entry_account';
    END IF;
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

CREATE FUNCTION ledger_entries_checked() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    written record;
BEGIN
    FOR written IN
        SELECT txn_id, sum(debit) = sum(credit) AS is_balanced FROM new_legs GROUP BY txn_id, unit
    LOOP
        IF NOT EXISTS (SELECT FROM ledger_txn WHERE id = written.txn_id AND xact_id = ledger_xact()) THEN
            RAISE EXCEPTION 'transaction % is closed', written.txn_id
                USING ERRCODE = '23514', CONSTRAINT = 'entry_in_time';
        END IF;
        IF NOT written.is_balanced THEN
            RAISE EXCEPTION 'transaction % does not balance', written.txn_id
                USING ERRCODE = '23514', CONSTRAINT = 'entry_balanced';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_balanced AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS new_legs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_checked();
"""

# One call books one fact, so that a posting costs one round trip and its plans are kept by the
# session. It holds no rule of its own: it runs with the rights of its caller, and what it writes
# passes the triggers above like everything else.
POSTING = """
CREATE FUNCTION ledger_accounts(
    codes text[], owners text[], units text[], normals smallint[], tracked boolean[]
) RETURNS bigint[] LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    accounts bigint[];
    missing boolean;
BEGIN
    -- Those that do not exist yet are opened, by us or by somebody at the same moment, all in one
    -- order. A look-up for each leg takes a fifth of the time of a join with the arrays.
    FOR attempt IN 1..2 LOOP
        accounts := '{}';
        missing := false;
        FOR nr IN 1..array_length(codes, 1) LOOP
            accounts[nr] := (SELECT id FROM ledger_account
                              WHERE code = codes[nr] AND owner_key = owners[nr] AND unit = units[nr]);
            missing := missing OR accounts[nr] IS NULL;
        END LOOP;
        EXIT WHEN NOT missing;
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
        VALUES (new_id, new_kind, new_key, new_fingerprint, moment, moment, ledger_xact(), reversed, actor, new_refs)
            ON CONFLICT (idem_key) DO NOTHING RETURNING id)
    INSERT INTO ledger_entry (txn_id, account_id, seq, unit, debit, credit)
    SELECT born.id, leg.account, leg.nr, leg.unit, leg.debit, leg.credit
      FROM born, unnest(accounts, units, debits, credits)
           WITH ORDINALITY AS leg (account, unit, debit, credit, nr)
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
DROP TRIGGER account_balance_by_entry ON ledger_account;
DROP TRIGGER account_fixed ON ledger_account;
DROP TRIGGER account_opens_empty ON ledger_account;
DROP FUNCTION ledger_entries_checked, ledger_entry_born, ledger_txn_has_legs, ledger_txn_born,
    ledger_xact, ledger_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE + ACCOUNTS + APPEND_ONLY + TRANSACTIONS + ENTRIES + POSTING, UNDO),
    ]
