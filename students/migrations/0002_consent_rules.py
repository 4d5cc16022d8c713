"""What PostgreSQL itself enforces: no child that is in use without a live consent about it."""

from django.db import migrations

RULES = """
-- Both look at the end of the transaction, when learner and consent have been written. The consent
-- is locked while it is looked at, so that nobody withdraws it at the same moment.
CREATE FUNCTION learner_consent_checked(about uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    SELECT id, consent_id INTO kept FROM students_learner WHERE id = about AND paused_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM accounts_consent
      WHERE id = kept.consent_id AND subject_id = kept.id AND purpose = 'learner_profile'
        AND withdrawn_at IS NULL
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'learner % has no live consent', about
            USING ERRCODE = '23514', CONSTRAINT = 'learner_has_live_consent';
    END IF;
END $$;

CREATE FUNCTION learner_consent_by_learner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM learner_consent_checked(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER learner_has_live_consent
    AFTER INSERT OR UPDATE OF consent_id, paused_at ON students_learner
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION learner_consent_by_learner();

CREATE FUNCTION learner_consent_by_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM learner_consent_checked(l.id) FROM students_learner l WHERE l.consent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER learner_paused_on_withdrawal
    AFTER UPDATE OF withdrawn_at ON accounts_consent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION learner_consent_by_consent();
"""

UNDO = """
DROP TRIGGER learner_paused_on_withdrawal ON accounts_consent;
DROP TRIGGER learner_has_live_consent ON students_learner;
DROP FUNCTION learner_consent_by_consent, learner_consent_by_learner, learner_consent_checked;
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial")]

    operations = [migrations.RunSQL(RULES, UNDO)]
