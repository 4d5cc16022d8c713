from django.db import migrations

import tutorhub.core.crypto


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_refused_webhooks")]

    operations = [
        migrations.AddField(
            model_name="taxprofile",
            name="pan",
            field=tutorhub.core.crypto.EncryptedTextField(blank=True, default=""),
        ),
    ]
