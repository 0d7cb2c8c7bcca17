"""Addresses of moderation."""

app_name = "moderation"
urlpatterns = []
