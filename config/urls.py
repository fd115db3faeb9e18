"""Every address of the project. The apps own what is below a workspace; the probes are config.health's."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from user360.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("w/<slug:workspace>/", include("user360.urls")),
    path("w/<slug:workspace>/", include("segments.urls")),
    path("w/<slug:workspace>/", include("imports.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("", include("user360.urls_styleguide")))
