"""Addresses below /w/<workspace>/ that belong to the customer. Every view asks for its permission at the gate."""

from django.urls import path

from user360.views import columns, conditions, profile, profile_edit, profile_new, profile_tags, properties, users

app_name = "user360"
urlpatterns = [
    path("users/", users.user_list, name="users"),
    path("users/count/", users.users_count, name="users_count"),
    path("users/columns/", columns.columns, name="columns"),
    path("users/new/", profile_new.user_new, name="user_new"),
    path("users/<int:profile_id>/", profile.user, name="user"),
    path("users/<int:profile_id>/edit/", profile_edit.user_edit, name="user_edit"),
    path("users/<int:profile_id>/tags/", profile_tags.user_tags, name="user_tags"),
    path("users/<int:profile_id>/fields/<str:key>/", profile_edit.user_field, name="user_field"),
    path("users/<int:profile_id>/pins/<str:key>/release/", profile_edit.user_pin, name="user_pin"),
    path("conditions/editor/", conditions.condition_editor, name="condition_editor"),
    path("conditions/catalog/", conditions.condition_catalog, name="condition_catalog"),
    path("conditions/values/", conditions.condition_values, name="condition_values"),
    path("conditions/counts/", conditions.condition_counts, name="condition_counts"),
    path("properties/", properties.property_list, name="properties"),
    path("properties/new/", properties.property_new, name="property_new"),
    path("properties/order/", properties.property_order, name="property_order"),
    path("properties/<str:key>/edit/", properties.property_edit, name="property_edit"),
    path("properties/<str:key>/search/", properties.property_search, name="property_search"),
]
