"""What PostgreSQL itself enforces on invoices: never changed, and no number lost (Rule 46)."""

from django.db import migrations

INVOICES = """
-- An invoice never changes; but of somebody who was erased the name, address, GSTIN and e-mail are
-- emptied, and only when they are in the vault for the tax office. The state stays.
CREATE FUNCTION invoice_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    nobody CONSTANT jsonb = '{"name": "", "address": "", "gstin": "", "email": ""}';
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'buyer' - 'seller' = to_jsonb(OLD) - 'buyer' - 'seller'
       AND (NEW.buyer = OLD.buyer OR NEW.buyer = OLD.buyer || nobody)
       AND (NEW.seller = OLD.seller OR NEW.seller = OLD.seller || nobody)
       AND EXISTS (SELECT FROM core_sealedrecord WHERE kind = 'invoice' AND about = NEW.id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an invoice never changes' USING ERRCODE = '23514', CONSTRAINT = 'invoice_append_only';
END $$;
CREATE TRIGGER invoice_append_only BEFORE UPDATE OR DELETE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_append_only();
"""

COUNTERS = """
CREATE FUNCTION invoice_counter_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.last = 0 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.series, NEW.year, NEW.last)
       IS NOT DISTINCT FROM (OLD.id, OLD.series, OLD.year, OLD.last + 1) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a counter starts at 0 and goes up by 1' USING ERRCODE = '23514', CONSTRAINT = 'counter_by_one';
END $$;
CREATE TRIGGER counter_by_one BEFORE INSERT OR UPDATE OR DELETE ON payments_invoicecounter
    FOR EACH ROW EXECUTE FUNCTION invoice_counter_kept();

-- At the end of the transaction the number that was taken is on an invoice.
CREATE FUNCTION invoice_number_used() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_invoice
                    WHERE series = NEW.series AND year = NEW.year AND number = NEW.last) THEN
        RAISE EXCEPTION 'number % of % was taken and not used', NEW.last, NEW.series
            USING ERRCODE = '23514', CONSTRAINT = 'invoice_number_used';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_number_used AFTER UPDATE ON payments_invoicecounter
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_number_used();
"""

UNDO = """
DROP TRIGGER invoice_number_used ON payments_invoicecounter;
DROP TRIGGER counter_by_one ON payments_invoicecounter;
DROP TRIGGER invoice_append_only ON payments_invoice;
DROP FUNCTION invoice_number_used, invoice_counter_kept, invoice_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_rates_and_packs"), ("core", "0003_sealed_rules")]

    operations = [migrations.RunSQL(INVOICES + COUNTERS, UNDO)]
