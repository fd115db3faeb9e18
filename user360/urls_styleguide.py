"""The page that shows every component in every state. Included in development only."""

from django.urls import path

from user360.views.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
