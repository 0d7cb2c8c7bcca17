"""What readers may ask of lists, and what writers fill in."""

from typing import Any

from django import forms
from django.utils.text import slugify
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets.slug import SlugInput

from accounts.models import User
from articles.models import Article, Redirect


class SearchForm(forms.Form):
    q = forms.CharField(label="Search the paper", max_length=200, required=False)


class ArticleForm(WagtailAdminModelForm):
    """Never refuses a draft for its address: the newsroom saves by itself, and a refusal there loses sentences.

    The browser makes an address of the headline letter by letter, é and all. Here it is spelled out, made up where it
    is missing, and numbered where it is taken. For a published article a taken address is an error, as it should be.
    """

    slug = forms.CharField(
        label="Address",
        required=False,
        max_length=120,
        widget=SlugInput,
        help_text=Article._meta.get_field("slug").help_text,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        slug = slugify(cleaned.get("slug") or cleaned.get("headline") or "")[:110].strip("-_") or "draft"
        cleaned["slug"] = slug if self.instance.published_at else self._free(slug)
        return cleaned

    def _free(self, slug: str) -> str:
        taken = {
            *Article.objects.exclude(pk=self.instance.pk).filter(slug__startswith=slug).values_list("slug", flat=True),
            *Redirect.objects.exclude(article_id=self.instance.pk)
            .filter(slug__startswith=slug)
            .values_list("slug", flat=True),
        }
        numbered = (f"{slug}-{n}" for n in range(2, len(taken) + 3))
        return slug if slug not in taken else next(name for name in numbered if name not in taken)


class AuthorForm(WagtailAdminModelForm):
    """Ties a byline to an account by its address: a list to choose from would name every reader of the paper."""

    account = forms.EmailField(
        label="E-mail of the account", required=False, help_text="If this author comments here. Never shown."
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.member:
            self.initial["account"] = self.instance.member.email

    def clean_account(self) -> str:
        address = self.cleaned_data["account"]
        self.instance.member = User.objects.active().filter(email__iexact=address).first() if address else None
        if address and not self.instance.member:
            raise forms.ValidationError("Nobody has an account with this address.")
        return address
