"""What PostgreSQL itself enforces: no new enquiry and no class for a child without consent."""

from django.db import migrations

RULES = """
CREATE FUNCTION enquiry_has_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM students_learner WHERE id = NEW.learner_id AND paused_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing may be asked for learner %', NEW.learner_id
            USING ERRCODE = '23514', CONSTRAINT = 'enquiry_needs_consent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enquiry_needs_consent BEFORE INSERT ON marketplace_enquiry
    FOR EACH ROW EXECUTE FUNCTION enquiry_has_consent();

CREATE FUNCTION session_has_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_consent
      WHERE subject_id = NEW.learner_id AND purpose = 'classes' AND withdrawn_at IS NULL
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no class may be planned for learner %', NEW.learner_id
            USING ERRCODE = '23514', CONSTRAINT = 'session_needs_consent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_made_with_consent BEFORE INSERT ON marketplace_tutoringsession
    FOR EACH ROW WHEN (NEW.status IN ('REQUESTED', 'PENDING_PAYMENT', 'SCHEDULED'))
    EXECUTE FUNCTION session_has_consent();
CREATE TRIGGER session_moved_with_consent BEFORE UPDATE OF status ON marketplace_tutoringsession
    FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status
          AND NEW.status IN ('PENDING_PAYMENT', 'SCHEDULED', 'IN_PROGRESS'))
    EXECUTE FUNCTION session_has_consent();
"""

UNDO = """
DROP TRIGGER session_moved_with_consent ON marketplace_tutoringsession;
DROP TRIGGER session_made_with_consent ON marketplace_tutoringsession;
DROP TRIGGER enquiry_needs_consent ON marketplace_enquiry;
DROP FUNCTION session_has_consent, enquiry_has_consent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0001_initial"),
        ("students", "0002_consent_rules"),
    ]

    operations = [migrations.RunSQL(RULES, UNDO)]
