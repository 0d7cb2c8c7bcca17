"""Cuts of pictures: made by jobs, never by readers."""

import pytest
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from articles.models import Article, Picture, Rendition
from articles.pictures import cut, draw
from tests.articles.factories import make_article, make_picture

pytestmark = pytest.mark.django_db


def test_a_page_shows_the_original_until_a_job_has_cut_it_and_cuts_nothing_itself(client):
    article = make_article(lead_picture=make_picture(size=(900, 600)))

    page = client.get(article.get_absolute_url()).content.decode()

    assert f'src="{article.lead_picture.file.url}"' in page
    assert 'width="900" height="600" fetchpriority="high"' in page
    assert not Rendition.objects.exists()


def test_saving_a_picture_cuts_it_by_job(run_jobs):
    picture = make_picture(size=(900, 600))
    assert not Rendition.objects.exists()

    run_jobs()

    picture.refresh_from_db()
    drawing = draw(picture, "teaser")
    assert [kind for kind, _ in drawing.sources] == ["image/avif", "image/webp"]
    assert (drawing.width, drawing.height) == (800, 533)
    assert "400w" in drawing.sources[1][1]
    assert "800w" in drawing.sources[1][1]


def test_a_small_picture_is_not_enlarged_and_stands_once():
    picture = make_picture(size=(300, 300))

    cut(picture, kinds=("webp",), shapes=("story",))

    assert [(w, h) for _, w, h in picture.cuts["story"]["webp"]] == [(300, 300)]


def test_drawing_a_cut_picture_asks_the_database_nothing(django_assert_num_queries):
    picture = make_picture(size=(900, 600))
    cut(picture, kinds=("plain",), shapes=("story",))
    picture = Picture.objects.get(pk=picture.pk)

    with django_assert_num_queries(0):
        draw(picture, "story")


def test_another_focal_point_cuts_again_and_another_caption_does_not(run_jobs):
    picture = make_picture(size=(900, 600))
    cut(picture, kinds=("webp",), shapes=("teaser",))
    before = Picture.objects.get(pk=picture.pk)

    before.caption = "Other words"
    before.save()
    kept = Picture.objects.get(pk=picture.pk)
    kept.focal_point_x, kept.focal_point_y, kept.focal_point_width, kept.focal_point_height = 10, 10, 5, 5
    kept.save()

    assert before.cuts != {}
    assert Picture.objects.get(pk=picture.pk).cuts == {}


def test_new_cuts_reach_the_text_of_published_articles(run_jobs):
    picture = make_picture(size=(900, 600))
    article = make_article(body=[("picture", {"picture": picture, "caption": ""})])
    assert "<source" not in article.body_html

    run_jobs()

    after = Article.objects.get(pk=article.pk)
    assert '<source type="image/webp"' in after.body_html
    assert after.version > article.version


def test_drawings_with_scripts_cannot_be_uploaded():
    from django.core.files.uploadedfile import SimpleUploadedFile

    svg = SimpleUploadedFile(
        "x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "image/svg+xml"
    )
    form = get_image_form(get_image_model())({"title": "x"}, {"file": svg})

    assert "file" in form.errors
