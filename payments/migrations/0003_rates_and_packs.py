"""The rates in force, the packs on sale and the group that decides about payouts."""

from datetime import date

from django.db import migrations

FROM = date(2024, 10, 1)
RATES = [
    ("commission_session", "Commission on classes", 1500, None),
    ("commission_batch", "Commission on group classes", 1500, None),
    ("commission_course", "Commission on courses", 2000, None),
    ("gst", "GST on the commission", 1800, None),
    ("tds", "Tax withheld (TDS, section 194-O)", 10, 5_00_000_00),
    ("tds_no_pan", "Tax withheld without PAN (TDS)", 500, None),
    ("tcs", "Tax collected for GST-registered tutors (TCS)", 50, None),
]
PACKS = [("pack-5", 5, 299_00), ("pack-10", 10, 499_00), ("pack-25", 25, 999_00)]


def fill(apps, schema_editor):
    TaxRate = apps.get_model("payments", "TaxRate")
    TaxRate.objects.bulk_create(
        TaxRate(name=name, label=label, bps=bps, threshold_paise=threshold, from_on=FROM)
        for name, label, bps, threshold in RATES
    )
    CreditPack = apps.get_model("payments", "CreditPack")
    CreditPack.objects.bulk_create(
        CreditPack(code=code, credits=count, base_paise=base) for code, count, base in PACKS
    )
    apps.get_model("auth", "Group").objects.get_or_create(name="finance")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_ledger_rules"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
