"""Rules about one row."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import RESERVED_SLUGS, Article, RelatedItem, Section
from civic.lib.site import SiteSettings
from tests.articles.factories import make_article, make_author, make_draft, make_section, make_source

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_section_cannot_take_an_address_of_the_program(slug):
    with pytest.raises(ValidationError, match="page of the program"):
        Section(name="Mine", slug=slug).full_clean()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_section(slug=slug)


@pytest.mark.parametrize("slug", ["discuss", "newsletter", "accounts", "me", "newsroom", "api", "health", "archive"])
def test_the_reserved_words_cover_what_is_routed(slug):
    assert slug in RESERVED_SLUGS


def test_every_first_part_of_an_address_of_the_program_is_reserved():
    from django.urls import get_resolver

    routed = {str(p.pattern).split("/")[0] for p in get_resolver().url_patterns} | {
        str(p.pattern).split("/")[0] for p in get_resolver("articles.urls").url_patterns
    }

    names = {part for part in routed if part.isalpha()}

    assert names - RESERVED_SLUGS == set()


def test_one_writer_signs_with_a_title_and_several_without():
    alone = make_draft(author=make_author(name="Rosalind Pike", title="readers’ editor"))
    together = make_draft()
    for name in ("Ines", "Tom", "Ada"):
        together.bylines.create(author=make_author(name=name, title="reporter"))

    assert alone.byline == "Rosalind Pike, readers’ editor"
    assert together.byline == "Ines, Tom and Ada"


def test_who_draws_is_no_writer():
    article = make_draft(author=make_author(name="Petra"))
    article.bylines.create(author=make_author(name="Joost"), role="Drawing by")

    assert article.byline == "Petra"
    assert [b.author.name for b in article.helpers] == ["Joost"]


@pytest.mark.parametrize(
    ("standfirst", "deck"),
    [
        ("One. Two. Three.", "One. Two. Three."),
        ("A" * 100 + ". " + "B" * 100 + ".", "A" * 100 + "."),
        ("", ""),
    ],
)
def test_a_deck_is_as_many_sentences_as_fit(standfirst, deck):
    assert Article(standfirst=standfirst).deck == deck


def test_what_comes_from_elsewhere_stays_out_of_search_engines_unless_its_publisher_allows_it():
    own = make_draft()
    shy = make_draft(source=make_source(), source_url="https://record.example/a")
    proud = make_draft(source=make_source(index_policy="canonical"), source_url="https://record.example/b")

    assert (own.may_be_indexed, own.canonical_url) == (True, own.get_absolute_url())
    assert shy.may_be_indexed is False
    assert (proud.may_be_indexed, proud.canonical_url) == (True, "https://record.example/b")


def test_a_related_item_leads_somewhere():
    article = make_draft()

    with pytest.raises(ValidationError):
        RelatedItem(article=article, kind="video", title="A film").clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        RelatedItem.objects.create(article=article, kind="article")


def test_a_new_name_of_a_section_makes_every_kept_page_stale():
    SiteSettings(name="Paper").save()
    before = SiteSettings.current().version
    section = make_section()

    section.name = "Another"
    section.save()

    assert SiteSettings.current().version == before + 2


def test_an_address_that_another_article_had_is_not_given_away():
    from articles.models import Redirect

    mine = make_article()
    Redirect.objects.create(slug="once-mine", article=mine)
    other = make_draft(slug="other")

    other.slug = "once-mine"
    with pytest.raises(ValidationError, match="Another article stood"):
        other.full_clean()
