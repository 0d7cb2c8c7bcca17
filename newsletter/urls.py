"""Addresses of newsletter."""

app_name = "newsletter"
urlpatterns = []
