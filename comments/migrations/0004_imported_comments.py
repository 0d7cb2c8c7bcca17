import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0003_discussions'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('foreign_id', models.CharField(max_length=100)),
                ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='comments.comment')),
                ('thread', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comments.thread')),
            ],
        ),
        migrations.AddConstraint(
            model_name='importedcomment',
            constraint=models.UniqueConstraint(fields=('source', 'foreign_id', 'thread'), name='imported_once'),
        ),
    ]
