"""Addresses below /w/<workspace>/ of long work. Every view asks for its permission at the gate."""

from django.urls import path

from imports.views import conflicts, exports, logs, mapping, review, running, tagging, upload

app_name = "imports"
urlpatterns = [
    path("exports/new/", exports.export_new, name="export_new"),
    path("imports/new/", upload.new, name="new"),
    path("imports/<int:import_id>/map/", mapping.mapping, name="map"),
    path("imports/<int:import_id>/reading/", mapping.reading, name="reading"),
    path("imports/<int:import_id>/conflicts/", conflicts.conflicts, name="conflicts"),
    path("imports/<int:import_id>/tags/", tagging.tags, name="tags"),
    path("imports/<int:import_id>/review/", review.review, name="review"),
    path("imports/<int:import_id>/check/", review.check, name="check"),
    path("imports/<int:import_id>/run/", running.run, name="run"),
    path("logs/", logs.log_list, name="logs"),
    path("logs/<int:job_id>/", logs.log_detail, name="log"),
    path("logs/<int:job_id>/cancel/", logs.log_cancel, name="log_cancel"),
    path("logs/<int:job_id>/files/<str:name>", logs.log_file, name="log_file"),
]
