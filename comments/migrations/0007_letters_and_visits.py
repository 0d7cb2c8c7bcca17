import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0006_leaving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="follow",
            name="written_at",
            field=models.DateTimeField(blank=True, help_text="When the last letter went out.", null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="new_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="seen_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("state", "public")),
                fields=["thread", "published_at"],
                name="public_by_publication",
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="follows_due"),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                condition=models.Q(("rhythm", "at_once")), fields=["thread", "branch"], name="follows_at_once"
            ),
        ),
    ]
