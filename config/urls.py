"""Every address of the project. The apps own what is below a workspace; the probes are config.health's."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

# While the pages are being built, what is there is served.
existing = [app for app in ("user360", "segments", "imports") if find_spec(f"{app}.urls")]

urlpatterns = [
    *(path("w/<slug:workspace>/", include(f"{app}.urls")) for app in existing),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("", include("user360.urls_styleguide")))

if find_spec("user360.views.home"):
    from user360.views.home import home

    urlpatterns.append(path("", home, name="home"))
