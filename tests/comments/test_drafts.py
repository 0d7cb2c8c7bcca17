"""What screening is told of a text's place."""

from civic.lib.site import SiteSettings
from comments.drafts import draft_of
from comments.models import PhraseList, Space
from comments.writers import Member
from tests.factories import make_member, make_thread


def policy_in(space: Space):
    return draft_of(make_thread(space=space), Member(make_member()), "words", SiteSettings.current()).policy


def test_listed_phrases_hold_everywhere_or_in_their_space(db):
    sport = Space.objects.create(name="Sport")
    PhraseList.objects.create(name="everywhere", phrases="casino\r\n\r\n  free money ")
    PhraseList.objects.create(name="sport", phrases="bet*", space=sport)

    assert policy_in(Space.default()).phrases == ("casino", "free money")
    assert policy_in(sport).phrases == ("casino", "free money", "bet*")


def test_thresholds_that_are_no_numbers_are_passed_over(db):
    space = Space.objects.create(name="Sport", thresholds={"links": 0.2, "shouting": "often"})

    assert policy_in(space).thresholds == {"links": 0.2}
    assert policy_in(Space.objects.create(name="Arts", thresholds=["links"])).thresholds == {}
