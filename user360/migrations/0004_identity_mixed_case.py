import django.db.models.functions.text
from django.db import migrations, models

# The planner takes no statistics from an index with a condition; without any it expects one ID in two hundred.
STATISTICS = "CREATE STATISTICS identity_lower_value ON (lower(value)) FROM identity"


class Migration(migrations.Migration):
    dependencies = [
        ("user360", "0003_covering_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(
                models.F("workspace"),
                models.F("type"),
                django.db.models.functions.text.Lower("value"),
                name="identity_mixed_case",
                condition=models.Q(
                    ("encryption", "none"),
                    models.Q(("value", django.db.models.functions.text.Lower("value")), _negated=True),
                ),
            ),
        ),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS identity_lower_value"),
        migrations.RunSQL("ANALYZE identity", migrations.RunSQL.noop),
    ]
