"""A penalty is a line of the tutor's statement. Only the ledger knows of it, so that writes it.

The trigger is deferred to the end of the transaction, when the legs are there; for all other kinds
of transactions PostgreSQL does not even queue it.
"""

from importlib import import_module

from django.db import migrations

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
CREATE OR REPLACE FUNCTION statement_month_sum() RETURNS trigger LANGUAGE plpgsql
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
"""

# Backwards, the function of migration 0005 takes its place again.
_BEFORE = import_module("payments.migrations.0005_statement_rules").MONTHS
UNDO = """
DROP TRIGGER statement_of_penalty ON ledger_txn;
DROP FUNCTION statement_of_penalty;
""" + _BEFORE.split("CREATE CONSTRAINT TRIGGER")[0].replace("CREATE FUNC", "CREATE OR REPLACE FUNC")


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_statement_penalties")]

    operations = [migrations.RunSQL(PENALTY + MONTHS, UNDO)]
