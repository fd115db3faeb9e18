"""Addresses below /w/<workspace>/ that belong to the customer. Every view asks for its permission at the gate."""

from django.urls import path

from user360.views import columns, properties, users

app_name = "user360"
urlpatterns = [
    path("users/", users.user_list, name="users"),
    path("users/count/", users.users_count, name="users_count"),
    path("users/columns/", columns.columns, name="columns"),
    path("properties/", properties.property_list, name="properties"),
    path("properties/new/", properties.property_new, name="property_new"),
    path("properties/order/", properties.property_order, name="property_order"),
    path("properties/<str:key>/edit/", properties.property_edit, name="property_edit"),
    path("properties/<str:key>/search/", properties.property_search, name="property_search"),
]
