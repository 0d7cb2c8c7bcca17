"""Moderators decide about newer texts, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_thread_decisions")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="act",
            field=models.CharField(
                choices=[
                    ("publish", "published"),
                    ("refuse", "refused"),
                    ("remove", "removed"),
                    ("restore", "restored"),
                    ("publish_edit", "newer text published"),
                    ("refuse_edit", "newer text refused"),
                ],
                max_length=12,
            ),
        ),
        migrations.RemoveConstraint(model_name="decision", name="refusing_needs_a_rule"),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=~models.Q(act__in=("refuse", "remove", "refuse_edit")) | ~models.Q(rule_text=""),
                name="refusing_needs_a_rule",
            ),
        ),
    ]
