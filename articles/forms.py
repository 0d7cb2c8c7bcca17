"""What readers may ask of lists."""

from django import forms


class SearchForm(forms.Form):
    q = forms.CharField(label="Search the paper", max_length=200, required=False)
