"""Addresses below /w/<workspace>/ of long work. Every view asks for its permission at the gate."""

from django.urls import path

from imports.views import exports, logs

app_name = "imports"
urlpatterns = [
    path("exports/new/", exports.export_new, name="export_new"),
    path("logs/", logs.log_list, name="logs"),
    path("logs/<int:job_id>/", logs.log_detail, name="log"),
    path("logs/<int:job_id>/cancel/", logs.log_cancel, name="log_cancel"),
    path("logs/<int:job_id>/files/<str:name>", logs.log_file, name="log_file"),
]
