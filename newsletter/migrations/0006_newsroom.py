import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0005_issues")]

    operations = [
        migrations.CreateModel(
            name="IssueFigures",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="newsletter.issue",
                    ),
                ),
                ("candidates", models.PositiveIntegerField()),
                ("counts", models.JSONField(default=dict)),
                ("reasons", models.JSONField(default=dict)),
                ("domains", models.JSONField(default=list)),
                ("counted_at", models.DateTimeField()),
                (
                    "folded_at",
                    models.DateTimeField(
                        help_text="When the deliveries, with their addresses, were deleted.", null=True
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "unknown", "deferred", "skipped"])),
                fields=["issue", "state", "delivery"],
                name="newsletter_not_sent",
            ),
        ),
    ]
