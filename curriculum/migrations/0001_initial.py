from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("slug", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=1000)),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Board",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("state", models.CharField(blank=True, max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=1000)),
            ],
            options={
                "ordering": ["position", "state", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__lte", 62)), name="board_is_a_bit"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Language",
            fields=[
                ("code", models.CharField(max_length=3, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=1000)),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__lte", 30)), name="language_is_a_bit"
                    )
                ],
            },
        ),
    ]
