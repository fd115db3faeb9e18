"""Addresses below /w/<workspace>/ that belong to segments. Every view asks for its permission at the gate."""

from django.urls import path

from segments.views import actions, editing, fragments, reading

app_name = "segments"
urlpatterns = [
    path("segments/", reading.segment_list, name="segments"),
    path("segments/new/", editing.new, name="new"),
    path("segments/preview/", editing.preview, name="preview"),
    path("segments/rail/", fragments.rail, name="rail"),
    path("segments/<slug:slug>/", reading.segment_page, name="segment"),
    path("segments/<slug:slug>/edit/", editing.edit, name="edit"),
    path("segments/<slug:slug>/rename/", actions.rename, name="rename"),
    path("segments/<slug:slug>/duplicate/", actions.duplicate, name="duplicate"),
    path("segments/<slug:slug>/refresh/", actions.refresh, name="refresh"),
    path("segments/<slug:slug>/archive/", actions.archive, name="archive"),
    path("segments/<slug:slug>/unarchive/", actions.unarchive, name="unarchive"),
    path("segments/<slug:slug>/delete/", actions.delete, name="delete"),
    path("segments/<slug:slug>/why/<int:profile_id>/", fragments.explain, name="explain"),
    path("users/<int:profile_id>/segments/", fragments.profile_tab, name="profile_tab"),
]
