"""Addresses of the paper."""

urlpatterns = []
