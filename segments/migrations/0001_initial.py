import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import user360.models.uuid7
import user360.tenancy

# A queue is emptied all the time: without early vacuums its index fills with what is gone.
STORAGE = """
ALTER TABLE touched_profile SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
ALTER TABLE segment_member SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("user360", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WindowClock",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="user360.workspace",
                    ),
                ),
                ("ticked_at", models.DateTimeField()),
            ],
            options={
                "db_table": "window_clock",
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(blank=True, max_length=500)),
                (
                    "kind",
                    models.CharField(
                        choices=[("dynamic", "Dynamic"), ("static", "Static")], default="dynamic", max_length=7
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("conditions_version", models.PositiveIntegerField(default=1)),
                ("size", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("fresh", "Up to date"), ("refreshing", "Refreshing"), ("failed", "Refresh failed")],
                        default="fresh",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("refreshed_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        default=user360.tenancy.workspace_of_new_row,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="user360.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "segment",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "segment_id", "profile_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                (
                    "profile",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_members",
                        to="user360.profile",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="segments.segment",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=user360.tenancy.workspace_of_new_row,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="user360.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "segment_member",
            },
        ),
        migrations.CreateModel(
            name="SegmentTransition",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "profile_id", "at", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(db_default=user360.models.uuid7.UUID7())),
                ("at", models.DateTimeField()),
                ("entered", models.BooleanField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("data", "The user changed"),
                            ("time", "Time passed"),
                            ("definition", "The segment was defined"),
                            ("by_hand", "Added or removed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_transitions",
                        to="user360.profile",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="segments.segment",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=user360.tenancy.workspace_of_new_row,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="user360.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "segment_transition",
            },
        ),
        migrations.CreateModel(
            name="TouchedProfile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("profile_id", models.BigIntegerField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("data", "The user changed"),
                            ("time", "Time passed"),
                            ("definition", "The segment was defined"),
                            ("by_hand", "Added or removed"),
                        ],
                        db_default="data",
                        max_length=10,
                    ),
                ),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=user360.tenancy.workspace_of_new_row,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="user360.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "touched_profile",
            },
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("workspace", "slug"), name="segment_slug_once_per_workspace"),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("archived_at", None)),
                name="segment_name_once_per_workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="segmentmember",
            index=models.Index(fields=["profile"], include=("segment",), name="segment_member_profile"),
        ),
        migrations.AddIndex(
            model_name="segmenttransition",
            index=models.Index(fields=["segment", "at"], include=("entered",), name="segment_transition_at"),
        ),
        migrations.AddIndex(
            model_name="touchedprofile",
            index=models.Index(fields=["workspace", "id"], name="touched_profile_queue"),
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
