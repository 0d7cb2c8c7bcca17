"""Addresses below `/newsroom/`, see `newsletter.deliverability_pages`."""

from django.urls import path

from newsletter import deliverability_pages

urlpatterns = [
    path("deliverability/", deliverability_pages.page, name="newsletter_deliverability"),
    path("deliverability/check/", deliverability_pages.check, name="newsletter_deliverability_check"),
    path("deliverability/test-letter/", deliverability_pages.test_letter, name="newsletter_deliverability_test"),
]
