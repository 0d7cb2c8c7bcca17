import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Leaving",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254)),
                (
                    "words_go",
                    models.BooleanField(help_text="Comments and votes go too. Else they stay, without a name."),
                ),
                ("letters_go", models.BooleanField(help_text="The newsletters to this address end, too.")),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaving",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
