from django.db import migrations

from tutorhub.core.places import known_places


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        statement = "COPY core_place (pin_code, area, city, state, latitude, longitude) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in known_places():
                copy.write_row(row)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=False)]
