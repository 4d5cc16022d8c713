"""What tax law wants kept is neither changed nor deleted early, whoever asks."""

from django.db import migrations

RULES = """
CREATE FUNCTION sealed_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.until < current_date THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'what the law wants kept is neither changed nor deleted early'
        USING ERRCODE = '23514', CONSTRAINT = 'sealed_record_kept';
END $$;
CREATE TRIGGER sealed_record_kept BEFORE UPDATE OR DELETE ON core_sealedrecord
    FOR EACH ROW EXECUTE FUNCTION sealed_record_kept();
"""
UNDO = """
DROP TRIGGER sealed_record_kept ON core_sealedrecord;
DROP FUNCTION sealed_record_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_places")]

    operations = [migrations.RunSQL(RULES, UNDO)]
