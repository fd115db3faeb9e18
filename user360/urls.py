"""Addresses below /w/<workspace>/ that belong to the customer. Every view asks for its permission at the gate."""

from django.urls import URLPattern

app_name = "user360"
urlpatterns: list[URLPattern] = []
