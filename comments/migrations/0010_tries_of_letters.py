from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0009_branches_by_path")]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
