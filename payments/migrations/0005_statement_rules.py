"""Statements are written by PostgreSQL, whoever books an earning, a reversal or a payout.

The sums of a month come last, at the end of the transaction: their row is then held for an instant
only, and whoever holds it waits for nothing else, so it can be part of no deadlock. (A transaction writes
one line: it books a class, takes part of one back, or closes a payout.)
"""

from django.db import migrations

LINES = """
CREATE FUNCTION statement_of_earning() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_statementline (tutor_id, at, kind, about_id, session_id, gross_paise,
        commission_paise, gst_paise, tds_paise, tcs_paise, net_paise, paid_out_paise)
    VALUES (NEW.tutor_id, NEW.held_at, NEW.kind, NEW.id, NEW.session_id, NEW.gross_paise,
        NEW.commission_paise, NEW.cgst_paise + NEW.sgst_paise + NEW.igst_paise, NEW.tds_paise,
        NEW.tcs_paise, NEW.net_paise, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER statement_of_earning AFTER INSERT ON payments_earning
    FOR EACH ROW EXECUTE FUNCTION statement_of_earning();

CREATE FUNCTION statement_of_reversal() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_statementline (tutor_id, at, kind, about_id, session_id, gross_paise,
        commission_paise, gst_paise, tds_paise, tcs_paise, net_paise, paid_out_paise)
    SELECT tutor_id, NEW.created_at, 'taken_back', NEW.id, session_id, -NEW.gross_paise,
        -NEW.commission_paise, -(NEW.cgst_paise + NEW.sgst_paise + NEW.igst_paise), -NEW.tds_paise,
        -NEW.tcs_paise, -NEW.net_paise, 0
      FROM payments_earning WHERE id = NEW.earning_id;
    RETURN NULL;
END $$;
CREATE TRIGGER statement_of_reversal AFTER INSERT ON payments_earningreversal
    FOR EACH ROW EXECUTE FUNCTION statement_of_reversal();

CREATE FUNCTION statement_of_payout() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_back boolean := OLD.status = 'PROCESSED';
BEGIN
    INSERT INTO payments_statementline (tutor_id, at, kind, about_id, session_id, gross_paise,
        commission_paise, gst_paise, tds_paise, tcs_paise, net_paise, paid_out_paise)
    VALUES (NEW.tutor_id, NEW.closed_at, CASE WHEN is_back THEN 'payout_back' ELSE 'payout' END,
        NEW.id, NULL, 0, 0, 0, 0, 0, 0,
        CASE WHEN is_back THEN -NEW.amount_paise ELSE NEW.amount_paise END);
    RETURN NULL;
END $$;
CREATE TRIGGER statement_of_payout AFTER UPDATE OF status ON payments_payout FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND 'PROCESSED' IN (OLD.status, NEW.status))
    EXECUTE FUNCTION statement_of_payout();
"""

# A penalty is in the ledger only. Its trigger is deferred until the legs are there; for all other
# kinds of transactions PostgreSQL does not even queue it.
PENALTY = """
CREATE FUNCTION statement_of_penalty() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_statementline (tutor_id, at, kind, about_id, session_id, gross_paise,
        commission_paise, gst_paise, tds_paise, tcs_paise, penalty_paise, net_paise, paid_out_paise)
    SELECT a.owner_key::uuid, NEW.effective_at, 'penalty', NEW.id, (NEW.refs->>'session')::uuid, 0,
           0, 0, 0, 0, sum(e.debit - e.credit), sum(e.credit - e.debit), 0
      FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
     WHERE e.txn_id = NEW.id AND a.code IN ('tutor_held', 'tutor_earnings', 'tutor_receivable')
     GROUP BY a.owner_key;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER statement_of_penalty AFTER INSERT ON ledger_txn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'penalty')
    EXECUTE FUNCTION statement_of_penalty();
"""

MONTHS = """
CREATE FUNCTION statement_month_sum() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_statementmonth AS m (tutor_id, month, kind, lines, gross_paise,
        commission_paise, gst_paise, tds_paise, tcs_paise, penalty_paise, net_paise, paid_out_paise)
    VALUES (NEW.tutor_id, date_trunc('month', NEW.at AT TIME ZONE 'Asia/Kolkata'), NEW.kind, 1,
        NEW.gross_paise, NEW.commission_paise, NEW.gst_paise, NEW.tds_paise, NEW.tcs_paise,
        NEW.penalty_paise, NEW.net_paise, NEW.paid_out_paise)
    ON CONFLICT (tutor_id, month, kind) DO UPDATE SET
        lines = m.lines + 1,
        gross_paise = m.gross_paise + EXCLUDED.gross_paise,
        commission_paise = m.commission_paise + EXCLUDED.commission_paise,
        gst_paise = m.gst_paise + EXCLUDED.gst_paise,
        tds_paise = m.tds_paise + EXCLUDED.tds_paise,
        tcs_paise = m.tcs_paise + EXCLUDED.tcs_paise,
        penalty_paise = m.penalty_paise + EXCLUDED.penalty_paise,
        net_paise = m.net_paise + EXCLUDED.net_paise,
        paid_out_paise = m.paid_out_paise + EXCLUDED.paid_out_paise;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER statement_month_sum AFTER INSERT ON payments_statementline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION statement_month_sum();

CREATE FUNCTION statement_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a statement is append-only' USING ERRCODE = '23514', CONSTRAINT = 'statement_append_only';
END $$;
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE ON payments_statementline
    FOR EACH ROW EXECUTE FUNCTION statement_append_only();
"""

UNDO = """
DROP TRIGGER statement_append_only ON payments_statementline;
DROP TRIGGER statement_month_sum ON payments_statementline;
DROP TRIGGER statement_of_penalty ON ledger_txn;
DROP TRIGGER statement_of_payout ON payments_payout;
DROP TRIGGER statement_of_reversal ON payments_earningreversal;
DROP TRIGGER statement_of_earning ON payments_earning;
DROP FUNCTION statement_append_only, statement_month_sum, statement_of_penalty,
    statement_of_payout, statement_of_reversal, statement_of_earning;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_invoice_rules")]

    operations = [migrations.RunSQL(LINES + PENALTY + MONTHS, UNDO)]
