"""The crispy pack `civic`: labels, hints and errors, wired for those who listen to a page."""

import html5lib
import pytest
from django import forms
from django.template import engines


class Letter(forms.Form):
    name = forms.CharField(help_text="Shown with your comment.")
    email = forms.EmailField(label="E-mail")
    website = forms.URLField(required=False, assume_scheme="https")
    code = forms.CharField(required=False, widget=forms.TextInput(attrs={"class": "input--code"}))
    remember = forms.BooleanField(required=False, label="Remember me", help_text="On this device.")
    rhythm = forms.ChoiceField(
        choices=[("d", "Daily"), ("w", "Weekly")], widget=forms.RadioSelect, help_text="How often?"
    )
    parent = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        if self.data.get("name") == "nobody":
            raise forms.ValidationError("Nobody may not write.")


def drawn(form) -> "html5lib.treebuilders.etree.Element":
    source = engines["django"].from_string("{% load crispy_forms_tags %}{{ form|crispy }}").render({"form": form})
    return html5lib.parse(source, namespaceHTMLElements=False)


def by_id(page, name: str):
    [found] = page.findall(f".//*[@id='{name}']")
    return found


def test_a_field_is_label_hint_input_and_points_at_its_hint():
    page = drawn(Letter())
    field = page.find(".//div[@class='field']")

    assert [part.get("class") for part in field] == ["label", "hint", "input"]
    assert by_id(page, "id_name").get("aria-describedby") == "id_name_helptext"
    assert by_id(page, "id_name_helptext").text == "Shown with your comment."
    assert by_id(page, "id_name").get("aria-invalid") is None


def test_only_what_may_be_left_out_says_so():
    labels = {label.get("for"): "".join(label.itertext()) for label in drawn(Letter()).iter("label")}

    assert labels["id_name"] == "Name"
    assert labels["id_website"] == "Website if you like"


def test_an_error_stands_below_its_field_and_is_announced_with_it():
    page = drawn(Letter({"email": "x"}))
    field = next(
        f for f in page.iter("div") if f.get("class") == "field" and f.find("input[@id='id_name']") is not None
    )

    assert field.get("data-state") == "error"
    assert [part.get("class") for part in field] == ["label", "hint", "input", "error"]
    assert by_id(page, "id_name").get("aria-invalid") == "true"
    assert by_id(page, "id_name").get("aria-describedby") == "id_name_helptext id_name_error"
    assert by_id(page, "id_name_error").text == "This field is required."


def test_boxes_stand_before_their_labels_and_sets_have_a_legend():
    page = drawn(Letter({"rhythm": "z"}))
    [fieldset] = page.iter("fieldset")

    assert [e.tag for e in page.find(".//div[@class='choice']")] == ["input", "label", "p"]
    assert "".join(fieldset.find("legend").itertext()).strip() == "Rhythm"
    assert fieldset.get("aria-describedby") == "id_rhythm_helptext id_rhythm_error"
    assert [label.text for label in fieldset.iter("label")] == ["Daily", "Weekly"]


def test_a_class_of_its_own_stays():
    assert by_id(drawn(Letter()), "id_code").get("class") == "input input--code"


@pytest.mark.parametrize(
    ("data", "title", "links"),
    [
        ({"name": "Ana", "email": "x", "rhythm": "d", "parent": "1"}, "one thing to mend", ["#id_email"]),
        ({"email": "x", "parent": "1"}, "three things to mend", ["#id_name", "#id_email", "#id_rhythm"]),
        ({"name": "nobody", "email": "a@b.example", "rhythm": "d", "parent": "1"}, "one thing to mend", []),
    ],
)
def test_above_the_form_stands_what_is_to_be_mended_with_links(data, title, links):
    page = drawn(Letter(data))
    [notice] = [div for div in page.iter("div") if div.get("role") == "alert"]

    assert notice.get("data-kind") == "error"
    assert notice.find("p").text == f"Not sent yet: {title}"
    assert [a.get("href") for a in notice.iter("a")] == links
    for link in links:
        by_id(page, link[1:])


def test_a_form_that_was_not_sent_has_no_summary():
    assert [div for div in drawn(Letter()).iter("div") if div.get("role") == "alert"] == []


def test_what_was_typed_is_shown_as_text():
    page = drawn(Letter({"name": '"><script>alert(1)</script>', "email": ""}))

    assert by_id(page, "id_name").get("value") == '"><script>alert(1)</script>'
    assert list(page.iter("script")) == []
