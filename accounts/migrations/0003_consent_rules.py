"""What PostgreSQL itself enforces on consents: given once, closed once, and never rewritten."""

from django.db import migrations

RULES = """
CREATE FUNCTION consent_notice_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what people agreed to never changes'
        USING ERRCODE = '23514', CONSTRAINT = 'consent_notice_append_only';
END $$;
CREATE TRIGGER consent_notice_append_only BEFORE UPDATE OR DELETE ON accounts_consentnotice
    FOR EACH ROW EXECUTE FUNCTION consent_notice_kept();

CREATE FUNCTION consent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.id, NEW.subject_id, NEW.given_by_id, NEW.purpose, NEW.notice_id, NEW.relation,
            NEW.method, NEW.given_at) IS NOT DISTINCT FROM
           (OLD.id, OLD.subject_id, OLD.given_by_id, OLD.purpose, OLD.notice_id, OLD.relation,
            OLD.method, OLD.given_at)
       -- Withdrawn once, and not back to life.
       AND (OLD.withdrawn_at IS NULL OR NEW.withdrawn_at = OLD.withdrawn_at)
       -- Who agreed may be forgotten, never replaced.
       AND (NEW.guardian_name IN (OLD.guardian_name, ''))
       AND (NEW.guardian_phone IN (OLD.guardian_phone, ''))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a consent is given and withdrawn, never changed'
        USING ERRCODE = '23514', CONSTRAINT = 'consent_append_only';
END $$;
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON accounts_consent
    FOR EACH ROW EXECUTE FUNCTION consent_kept();
"""

UNDO = """
DROP TRIGGER consent_append_only ON accounts_consent;
DROP TRIGGER consent_notice_append_only ON accounts_consentnotice;
DROP FUNCTION consent_kept, consent_notice_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_staff_groups")]

    operations = [migrations.RunSQL(RULES, UNDO)]
