from django.db import migrations

from curriculum.catalogue import LANGUAGES, NATIONAL_BOARDS, STATE_BOARDS, SUBJECTS


def fill(apps, schema_editor):
    """Numbered from 1 in the order of their lists; what is added later takes the next number."""
    national = [(code, name, "") for code, name in NATIONAL_BOARDS]
    Board = apps.get_model("curriculum", "Board")
    Board.objects.bulk_create(
        Board(
            code=code,
            name=name,
            state=state,
            position=1000 if state else 10 * number,
            number=number,
        )
        for number, (code, name, state) in enumerate([*national, *sorted(STATE_BOARDS)], 1)
    )
    for model, pk_field, rows in (("Subject", "slug", SUBJECTS), ("Language", "code", LANGUAGES)):
        Model = apps.get_model("curriculum", model)
        Model.objects.bulk_create(
            Model(**{pk_field: key, "name": name, "position": 10 * number, "number": number})
            for number, (key, name) in enumerate(rows, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
