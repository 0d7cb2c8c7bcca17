import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0005_shown_in_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, help_text="Its words are erased some time later.", null=True),
        ),
        migrations.AddField(
            model_name="guest",
            name="leaving",
            field=models.CharField(
                blank=True,
                choices=[("stay", "the words stay, without a name"), ("go", "the words go too")],
                db_default="",
                default="",
                editable=False,
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="member",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="votes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("state", "withdrawn"), models.Q(("body", ""), _negated=True)),
                fields=["withdrawn_at"],
                name="withdrawn_words",
            ),
        ),
        migrations.AddIndex(
            model_name="guest",
            index=models.Index(
                condition=models.Q(("leaving", ""), _negated=True), fields=["id"], name="guests_who_leave"
            ),
        ),
    ]
