"""`/outbox/`: the letters that a laptop keeps instead of sending. Only in debug."""

from django.urls import path

from civic import views

app_name = "outbox"
urlpatterns = [
    path("", views.outbox, name="list"),
    path("<str:name>/", views.outbox_letter, name="letter"),
    path("<str:name>/html/", views.outbox_letter_html, name="letter_html"),
]
