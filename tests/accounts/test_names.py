import pytest
from django.core.exceptions import ValidationError

from accounts.forms import NAME_IS_TAKEN, ProfileForm, SignupForm, clean_name
from accounts.models import Badge, User
from accounts.names import folded, is_taken
from accounts.roles import Role
from civic.lib.site import SiteSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    from django.contrib.auth.models import Group

    user = User.objects.create_user("rosalind@paper.example", "Rosalind Pike")
    user.groups.add(Group.objects.get_or_create(name=Role.EDITOR)[0])
    return user


@pytest.fixture(autouse=True)
def paper():
    SiteSettings(name="The Larkford Lamplighter").save()


@pytest.mark.parametrize(
    "name",
    [
        "Rosalind Pike",
        "rosalind pike",
        "ROSALIND PIKE",
        "Rosalind  Pike",
        "RosalindPike",
        "R o s a l i n d Pike",
        "Rosalind-Pike",
        "Rosalind Pike.",
        "Rosalind Pike!",
        "★ Rosalind Pike ✓",
        "Rosalínd Pïke",
        "Rosаlind Pike",  # Cyrillic а
        "Rоsаlind Рikе",  # Cyrillic о а Р е
        "Rοsalind Pike",  # Greek omicron
        "Rosa1ind P1ke",
        "RosaIind Pike",  # a capital i
        "R0salind Pike",
        "Ｒｏｓａｌｉｎｄ Ｐｉｋｅ",  # full width
        "𝐑𝐨𝐬𝐚𝐥𝐢𝐧𝐝 𝐏𝐢𝐤𝐞",  # mathematical bold
        "ʀᴏsᴀʟɪɴᴅ ᴘɪᴋᴇ",  # small capitals
        "Rosa\u200blind\u200d Pike",
        "Rosa\u00adlind Pike",  # soft hyphen
        "\u202eRosalind Pike",
        "Rosalind\u00a0Pike",
        "Rosalind Pike (editor)",
        "Moderator Rosalind Pike",
        "The real Rosalind Pike",
    ],
)
def test_the_name_of_somebody_who_works_here_is_taken_however_it_is_written(editor, name):
    with pytest.raises(ValidationError, match="works here"):
        clean_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "The Larkford Lamplighter",
        "larkford lamplighter",
        "Larkford Lamplighter",
        "The Larkf0rd Lamplighter Newsdesk",
        "Admin",
        "The Editors",
        "M0derator",
        "Administrator",
        "The Team",
        "Staff",
    ],
)
def test_the_paper_and_its_offices_are_taken(name):
    assert is_taken(name)


@pytest.mark.parametrize(
    "name",
    [
        "Rosalind Piker",
        "Rosa Pike",
        "Larkford Reader",
        "Edith Stafford",
        "Ana",
        "Łukasz Żółć",
        "李小龍",
        "Олена",
        "نور",
        "X Æ A-12",
    ],
)
def test_other_peoples_names_are_free(editor, name):
    assert clean_name(name) == name


def test_a_badge_of_the_staff_reserves_a_name_too():
    columnist = User.objects.create_user("c@paper.example", "Imke Solano")
    Badge.objects.create(member=columnist, kind=Badge.Kind.STAFF, label="Columnist")

    assert is_taken("imke solano")


def test_a_name_is_free_again_when_its_owner_has_left(editor):
    User.objects.filter(pk=editor.pk).update(is_active=False)

    assert not is_taken("Rosalind Pike")


def test_somebody_who_works_here_may_write_the_own_name_anew(editor):
    assert clean_name("rosalind PIKE", by=editor) == "rosalind PIKE"


def test_two_people_who_work_here_cannot_share_a_name(editor):
    from django.contrib.auth.models import Group

    other = User.objects.create_user("o@paper.example", "Odile Marsh")
    other.groups.add(Group.objects.get(name=Role.EDITOR))

    assert is_taken("Rosalind Pike", by=other)


def test_ones_own_name_stays_even_if_a_namesake_came_to_work_here(editor):
    reader = User.objects.create_user("reader@example.org", "Rosalind Pike")

    form = ProfileForm({"display_name": "Rosalind Pike", "bio": "The other one."}, instance=reader)

    assert form.is_valid(), form.errors


def test_but_not_in_another_spelling(editor):
    reader = User.objects.create_user("reader@example.org", "Rosalind P.")

    form = ProfileForm({"display_name": "Rosalind P1ke", "bio": ""}, instance=reader)

    assert form.errors == {"display_name": [NAME_IS_TAKEN]}


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "\u3164", "\u2800\u2800", "…", "123", "!?!", "\u202e"])
def test_a_name_needs_a_letter(name):
    with pytest.raises(ValidationError, match="letter"):
        clean_name(name)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ana   Kim ", "Ana Kim"),
        ("Ana\nKim", "Ana Kim"),
        ("Ana\tKim", "Ana Kim"),
        ("Ana\u00a0Kim", "Ana Kim"),
        ("Ana\u2003Kim", "Ana Kim"),
        ("Ana\u3164Kim", "Ana Kim"),
        ("A\u200bna K\x07im\x1b", "Ana Kim"),
        ("\u202eAna Kim\u202c", "Ana Kim"),
        ("A\u0308na", "Äna"),
        ("Z" + 6 * "\u0335" + "algo", "Z\u0335\u0335algo"),
        ("Nguyễn Văn Ấn", "Nguyễn Văn Ấn"),
    ],
)
def test_a_name_is_one_line_of_visible_signs(typed, shown):
    assert clean_name(typed) == shown


def test_sixty_characters_are_the_most():
    assert clean_name("a" * 60) == "a" * 60
    with pytest.raises(ValidationError, match="too long"):
        clean_name("a" * 61)
    assert "display_name" in SignupForm({"display_name": "a" * 61}).errors


@pytest.mark.parametrize(
    "name", ["ana@example.org", "Ana <ana@example.org>", "https://cheap.example", "WWW.cheap.example"]
)
def test_an_address_is_no_name(name):
    with pytest.raises(ValidationError, match="address"):
        clean_name(name)


def test_a_name_costs_two_queries_however_many_work_here(editor, django_assert_num_queries):
    for number in range(30):
        Badge.objects.create(
            member=User.objects.create_user(f"s{number}@paper.example", f"Person {number}"), kind="staff", label="Staff"
        )

    with django_assert_num_queries(2):
        is_taken("Ana Kim")


def test_folding_is_the_same_twice():
    for name in ("Rosаlind  Pïke.", "ʀᴏsᴀʟɪɴᴅ ᴘɪᴋᴇ", "Æ Ø Ł ß"):
        assert folded(folded(name)) == folded(name)
