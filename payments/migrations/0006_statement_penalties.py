import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_statement_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="statementline",
            name="statement_line_adds_up",
        ),
        migrations.AddField(
            model_name="statementline",
            name="penalty_paise",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="statementmonth",
            name="penalty_paise",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="about_id",
            field=models.UUIDField(
                help_text="the earning, the reversal, the payout, or the transaction of the penalty"
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("class", "class"),
                    ("cancellation", "late cancellation"),
                    ("no_show", "learner did not come"),
                    ("taken_back", "taken back"),
                    ("penalty", "penalty"),
                    ("payout", "payout"),
                    ("payout_back", "payout that came back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="statementmonth",
            name="kind",
            field=models.CharField(
                choices=[
                    ("class", "class"),
                    ("cancellation", "late cancellation"),
                    ("no_show", "learner did not come"),
                    ("taken_back", "taken back"),
                    ("penalty", "penalty"),
                    ("payout", "payout"),
                    ("payout_back", "payout that came back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_paise",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("commission_paise"), "+", models.F("gst_paise")
                                        ),
                                        "+",
                                        models.F("tds_paise"),
                                    ),
                                    "+",
                                    models.F("tcs_paise"),
                                ),
                                "+",
                                models.F("penalty_paise"),
                            ),
                            "+",
                            models.F("net_paise"),
                        ),
                    )
                ),
                name="statement_line_adds_up",
            ),
        ),
    ]
