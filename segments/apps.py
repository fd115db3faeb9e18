from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "segments"
    # Small tables keep small keys: an int4 fits into the padding of the large tables that refer to them.
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Listens to writes, and makes the kinds of long work and of condition known that segments bring."""
        from segments import queue, rebuild, selectors, services, timeline
        from segments.condition import parse_segment_leaf
        from user360.conditions.kinds import register_leaf_kind
        from user360.listing.groups import register_groups
        from user360.selectors.timeline import register_timeline
        from user360.services.jobs import JobKind, register_job_kind
        from user360.signals import profiles_touched

        profiles_touched.connect(queue.on_profiles_touched, dispatch_uid="segments.queue")
        register_leaf_kind("segment", parse_segment_leaf)
        register_groups(selectors.groups)
        register_timeline(timeline.SEGMENTS)
        register_job_kind(JobKind(rebuild.REFRESH_JOB, "Segment refresh", rebuild.run_job))
        register_job_kind(JobKind(services.DELETE_JOB, "Segment delete", services.run_delete_job))
