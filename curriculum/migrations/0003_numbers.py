"""A small number for each board, subject and language, for search to keep as a bit or a key."""

from django.db import migrations, models
from django.db.models import Q

MODELS = ("Board", "Subject", "Language")


def number(apps, schema_editor):
    """From 1 in today's order; what is added later takes the next number."""
    for name in MODELS:
        rows = list(apps.get_model("curriculum", name).objects.order_by("position", "pk"))
        for count, row in enumerate(rows, 1):
            row.number = count
        apps.get_model("curriculum", name).objects.bulk_update(rows, ["number"])


def is_a_bit(highest):
    return Q(number__lte=highest)


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0002_catalogue")]

    operations = [
        *(
            migrations.AddField(name, "number", models.PositiveSmallIntegerField(null=True))
            for name in MODELS
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        # The rows just written must not wait for the end of the transaction to be checked.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        *(
            migrations.AlterField(name, "number", models.PositiveSmallIntegerField(unique=True))
            for name in MODELS
        ),
        migrations.AddConstraint(
            "board", models.CheckConstraint(name="board_is_a_bit", condition=is_a_bit(62))
        ),
        migrations.AddConstraint(
            "language", models.CheckConstraint(name="language_is_a_bit", condition=is_a_bit(30))
        ),
    ]
