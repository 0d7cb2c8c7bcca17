"""A member's own letters, below `/me/`."""

from django.urls import path

from newsletter import views_choice

urlpatterns = [
    path("letters/", views_choice.my_letters, name="my_letters"),
    path("letters/erase/", views_choice.my_erase, name="my_letters_erase"),
    path("letters/download/", views_choice.my_download, name="my_letters_download"),
]
