"""Addresses of what is seen while letters go out, below `/newsroom/`."""

from django.urls import path

from newsletter import sending_pages

urlpatterns = [
    path("sending/", sending_pages.letters, name="newsletter_sending"),
    path("sending/<int:pk>/", sending_pages.letter, name="newsletter_sending_letter"),
    path("sending/<int:pk>/now/", sending_pages.now, name="newsletter_sending_now"),
    path("sending/<int:pk>/pause/", sending_pages.pause, name="newsletter_sending_pause"),
    path("sending/<int:pk>/resume/", sending_pages.resume, name="newsletter_sending_resume"),
    path("sending/<int:pk>/cancel/", sending_pages.cancel, name="newsletter_sending_cancel"),
    path("sending/<int:pk>/readers/", sending_pages.readers_page, name="newsletter_sending_readers"),
    path("sending/<int:pk>/readers.csv", sending_pages.readers_csv, name="newsletter_sending_csv"),
    path("sending/<int:pk>/again/", sending_pages.again, name="newsletter_sending_again"),
]
