"""Policies have versions, are tried on the last thirty days, and saved by those who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments.drafts import draft_of
from comments.models import PhraseList, Screening, Space
from comments.thresholds import RULES
from moderation.deciding import decide
from moderation.forms_policies import GROUPS
from moderation.models import Act, PolicyTrial, PolicyVersion
from moderation.policies import Meanwhile, forget_trials, in_force, record_changes, save_version
from moderation.replaying import begin_trial, replay, stop_trial, take_up_again
from screening import VERSION
from tests.factories import make_comment, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db
ONE_LINK = [{"rule": "links", "score": 0.2, "evidence": "a link", "span": None}]
MANY_LINKS = [{"rule": "links", "score": 0.6, "evidence": "three links", "span": None}]


@pytest.fixture
def space():
    return Space.default()


@pytest.fixture
def chief():
    """Somebody who moderates everywhere and may change spaces and lists."""
    member = make_member(display_name="Chris Chief", role=Role.MODERATOR)
    names = ("change_space", "change_phraselist")
    member.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return member


def written(body="A thought.", signals=(), *, state="public", version=VERSION, **fields):
    comment = make_comment(body=body, state=state, **fields)
    Screening.objects.create(comment=comment, outcome="publish", signals=list(signals), policy_version=version)
    return comment


def tried(space, by, *, thresholds=None, phrases="") -> PolicyTrial:
    policy = {"thresholds": thresholds or {}, "phrases": phrases}
    trial = begin_trial(space, by=by, base=in_force(space.pk), **policy)
    replay(trial.pk)
    trial.refresh_from_db()
    return trial


def posted(client, space, **fields):
    page = client.get(f"/moderation/policies/{space.pk}/")
    seen = page.context["form"]["seen"].value()
    return client.post(f"/moderation/policies/{space.pk}/", {"seen": seen, **fields})


def save(space, by, name="A name", *, thresholds=None, phrases="", base=None):
    policy = {"thresholds": thresholds or {}, "phrases": phrases}
    return save_version(space.pk, name=name, by=by, base=base or in_force(space.pk).pk, **policy)


def test_a_trial_says_what_would_be_held_and_what_published(space, chief):
    shy, loud = written(signals=ONE_LINK), written(signals=MANY_LINKS)
    listed = written("Buy my casino now.")

    looser = tried(space, chief, thresholds={"links": 0.7})
    stricter = tried(space, chief, thresholds={"links": 0.2}, phrases="casino*")

    assert (looser.state, looser.done, looser.total) == ("done", 3, 3)
    assert looser.result["newly_published"] == [loud.pk]
    assert looser.result["newly_held"] == []
    assert stricter.result["newly_held"] == [shy.pk, listed.pk]
    assert stricter.result["now"]["undecided"] == 3


def test_what_was_decided_tells_how_well_a_policy_holds(space, chief, moderator):
    bad, good = written(signals=MANY_LINKS), written(signals=MANY_LINKS, state="in_review")
    missed = written(signals=ONE_LINK)
    for comment in (bad, missed):
        decide(comment, Act.REMOVE, by=moderator, seen=comment.state, rule=make_rule())
    decide(good, Act.PUBLISH, by=moderator, seen=good.state)

    result = tried(space, chief, thresholds={"links": 0.2}).result

    assert result["before"] == {"gone": 1, "stood": 1, "undecided": 0}
    assert result["now"] == {"gone": 2, "stood": 1, "undecided": 0}
    assert result["all"] == {"gone": 2, "stood": 1, "undecided": 0}


def test_only_what_was_written_here_in_the_last_thirty_days_is_read(space, chief):
    elsewhere = make_thread(space=Space.objects.create(name="Sports"))
    written(signals=MANY_LINKS, created_at=timezone.now() - timedelta(days=31))
    written(signals=MANY_LINKS, thread=elsewhere)
    make_comment(body="Never screened.")
    recent = written(signals=MANY_LINKS, version=VERSION - 1)

    result = tried(space, chief, thresholds={"links": 0.7}).result

    assert result["newly_published"] == [recent.pk]
    assert result["older"] == 1
    assert sum(result["all"].values()) == 1


def test_what_people_who_work_here_write_is_never_held(space, chief):
    written("casino", member=make_member(role=Role.EDITOR))

    assert tried(space, chief, phrases="casino").result["newly_held"] == []


def test_a_rule_that_could_not_be_looked_at_stays_unknown(space, chief):
    written(signals=[{"rule": "cluster", "score": 0, "evidence": "could not", "span": None, "unknown": True}])

    assert tried(space, chief, thresholds={"unknown": 0.2}).result["now"]["undecided"] == 1


def test_a_result_holds_no_words_and_no_names(space, chief):
    written("casino of the hidden kind", member=make_member(display_name="Hidden Person"))

    assert "idden" not in str(tried(space, chief, phrases="casino").result)


def test_a_stopped_trial_reads_nothing_more(space, chief):
    written()
    trial = begin_trial(space, by=chief, base=in_force(space.pk), thresholds={}, phrases="")

    stop_trial(trial)
    replay(trial.pk)

    trial.refresh_from_db()
    assert (trial.state, trial.done) == ("stale", 0)


def test_a_killed_worker_goes_on_where_it_was(space, chief, monkeypatch, run_jobs):
    from moderation import replaying

    for _ in range(5):
        written(signals=MANY_LINKS)
    monkeypatch.setattr(replaying, "_PORTION", replaying._PORTION.replace("LIMIT 1000", "LIMIT 2"))
    trial = begin_trial(space, by=chief, base=in_force(space.pk), thresholds={"links": 1}, phrases="")
    portions, read = [], replaying._portion

    def killed_at_the_second(trial):
        if len(portions) == 1:
            raise SystemExit
        portions.append(trial.after)
        return read(trial)

    monkeypatch.setattr(replaying, "_portion", killed_at_the_second)
    with pytest.raises(SystemExit):
        replay(trial.pk)
    monkeypatch.setattr(replaying, "_portion", read)
    PolicyTrial.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    take_up_again()
    run_jobs()

    trial.refresh_from_db()
    assert (trial.state, trial.done, trial.tries) == ("done", 5, 2)
    assert trial.result["newly_published_number"] == 5


def test_a_trial_that_stops_three_times_says_so(space, chief, client_of):
    trial = begin_trial(space, by=chief, base=in_force(space.pk), thresholds={}, phrases="")
    PolicyTrial.objects.update(moved_at=timezone.now() - timedelta(minutes=3), tries=3, state="running")

    take_up_again()

    page = client_of(chief).get(f"/moderation/policies/{space.pk}/trials/{trial.pk}/").content.decode()
    assert "did not come to its end" in page


def test_a_trial_that_waits_behind_other_work_is_left_alone(space, chief):
    trial = begin_trial(space, by=chief, base=in_force(space.pk), thresholds={}, phrases="")
    PolicyTrial.objects.update(moved_at=timezone.now() - timedelta(minutes=20), tries=3)

    take_up_again()

    trial.refresh_from_db()
    assert (trial.state, trial.tries) == ("waiting", 3)


def test_saving_puts_a_policy_in_force_under_a_name(space, chief, site_draft):
    PhraseList.objects.create(name="One", space=space, phrases="old")
    PhraseList.objects.create(name="Two", space=space, phrases="older")

    version = save(space, chief, "Casinos", thresholds={"links": 0.7}, phrases="casino*")

    assert (version.number, version.name, version.by) == (2, "Casinos", chief)
    assert site_draft().policy.thresholds == {"links": 0.7}
    assert site_draft().policy.phrases == ("casino*",)
    assert PolicyVersion.objects.get(number=1).phrases == "old\nolder"


@pytest.fixture
def site_draft(space):
    from civic.lib.site import SiteSettings
    from comments.writers import Member

    def draft():
        thread = make_thread(space=Space.objects.get(pk=space.pk))
        return draft_of(thread, Member(make_member()), "Words.", SiteSettings.current())

    return draft


def test_saving_on_an_old_base_saves_nothing(space, chief):
    base = in_force(space.pk).pk
    save(space, chief, "First", thresholds={"links": 0.7})

    with pytest.raises(Meanwhile):
        save(space, chief, "Second", base=base)

    assert Space.objects.get(pk=space.pk).thresholds == {"links": 0.7}


def test_what_is_changed_elsewhere_is_a_version_too(space, chief):
    in_force(space.pk)
    Space.objects.filter(pk=space.pk).update(thresholds={"links": 1.0})

    record_changes(chief)
    record_changes(chief)

    assert list(PolicyVersion.objects.filter(space=space).values_list("number", "by")) == [(2, chief.pk), (1, None)]


def test_the_newsroom_makes_versions(space, client_of):
    admin = make_member(role=Role.ADMIN)
    admin.is_superuser = True
    admin.save()
    add = "/newsroom/snippets/comments/phraselist/add/"
    from wagtail.snippets.models import get_snippet_models

    view = next(model for model in get_snippet_models() if model is PhraseList).snippet_viewset
    from django.urls import reverse

    add = reverse(view.get_url_name("add"))
    client_of(admin).post(add, {"name": "Words", "space": space.pk, "phrases": "casino"})

    versions = PolicyVersion.objects.filter(space=space)
    assert [(v.number, v.by, v.phrases) for v in versions] == [(2, admin, "casino"), (1, None, "")]


def test_a_trial_is_begun_and_saved_on_its_pages(space, chief, client_of, run_jobs):
    written("Buy my casino now.")
    client = client_of(chief)

    begun = posted(client, space, phrases="casino", from_links="0.7")
    waiting = client.get(begun["Location"]).content.decode()
    run_jobs()
    page = client.get(begun["Location"])
    saved = client.post(begun["Location"], {"name": "Casinos", "base": page.context["form"]["base"].value()})

    assert "It waits for its turn" in waiting
    assert "Buy my casino now." in page.content.decode()
    assert saved["Location"].endswith(f"/moderation/policies/{space.pk}/?saved=1")
    assert "Casinos" in client.get(saved["Location"]).content.decode()
    assert Space.objects.get(pk=space.pk).thresholds == {"links": 0.7}


def test_a_version_without_a_name_is_not_saved_and_that_is_said_at_the_top(space, chief, client_of):
    trial = tried(space, chief)

    page = client_of(chief).post(f"/moderation/policies/{space.pk}/trials/{trial.pk}/", {"base": trial.base_id})

    assert page.status_code == 422
    assert "Not saved yet" in page.content.decode()
    assert '<a href="#id_name">A name for this version</a>' in page.content.decode()


def test_two_people_at_once_keep_what_they_typed(space, chief, client_of):
    client = client_of(chief)
    seen = client.get(f"/moderation/policies/{space.pk}/").context["form"]["seen"].value()
    trial = tried(space, chief, phrases="mine")
    save(space, make_member(display_name="Otto Other"), "Theirs", thresholds={"links": 0.9})

    stale = client.post(f"/moderation/policies/{space.pk}/", {"seen": seen, "phrases": "typed here"})
    at_save = client.post(
        f"/moderation/policies/{space.pk}/trials/{trial.pk}/", {"name": "My name", "base": trial.base_id}
    )

    for page, kept in ((stale, "typed here"), (at_save, "My name")):
        words = page.content.decode()
        assert page.status_code == 422
        assert kept in words
        assert "Otto Other" in words
        assert "Links: from 0.5 to 0.9" in words
    again = {"name": "My name", "base": at_save.context["form"]["base"].value()}
    assert client.post(f"/moderation/policies/{space.pk}/trials/{trial.pk}/", again).status_code == 303


def test_the_form_says_once_what_an_empty_field_means_and_what_is_stricter(space, chief, client_of):
    save(space, chief, "Loose", thresholds={"links": 0.9})
    save(space, chief, "Tight", thresholds={"links": 0.4})

    page = client_of(chief).get(f"/moderation/policies/{space.pk}/?saved=1").content.decode()

    assert page.count("An empty field means 0.5") == 1
    assert "if you like" not in page
    assert "Version 3, “Tight”, holds from the next comment on." in page
    assert "Links: from 0.9 to 0.4, stricter" in page
    assert "Links: from 0.5 to 0.9, milder" in page


def test_who_runs_the_site_finds_the_policies_from_the_desk(moderator, client_of):
    admin = make_member(role=Role.ADMIN)

    assert 'href="/moderation/policies/"' in client_of(admin).get("/moderation/").content.decode()
    assert 'href="/moderation/policies/"' not in client_of(moderator).get("/moderation/").content.decode()


def test_every_number_has_its_place_in_the_form():
    grouped = [rule for rules in GROUPS.values() for rule in rules]

    assert sorted(grouped) == sorted(RULES)


@pytest.mark.parametrize("typed", ["-1", "3", "many", "nan"])
def test_a_number_that_cannot_be_is_said_kindly(space, chief, client_of, typed):
    page = posted(client_of(chief), space, from_links=typed)

    assert page.status_code == 422
    assert "Please give a number from 0 to 2" in page.content.decode()
    assert '<a href="#id_from_links">Links</a>' in page.content.decode()
    assert not PolicyTrial.objects.exists()


def test_an_older_version_comes_back_as_a_new_one(space, chief, client_of):
    save(space, chief, "Loose", thresholds={"links": 0.9})
    latest = save(space, chief, "Tight", thresholds={"links": 0.1})
    address = f"/moderation/policies/{space.pk}/restored/"

    late = client_of(chief).post(address, {"number": 2, "base": 1_000_000})
    client_of(chief).post(address, {"number": 2, "base": latest.pk})

    assert late.status_code == 409
    assert PolicyVersion.objects.filter(space=space).first().name == "Again: Loose"
    assert Space.objects.get(pk=space.pk).thresholds == {"links": 0.9}


def test_a_trial_is_forgotten_after_a_week(space, chief):
    tried(space, chief)
    PolicyTrial.objects.update(made_at=timezone.now() - timedelta(days=8))

    forget_trials()

    assert not PolicyTrial.objects.exists()


def test_nobody_else_sees_or_changes_a_policy(space, chief, moderator, reader, client_of, visitor_client):
    trial = tried(space, chief)
    of_some = make_member(role=Role.MODERATOR)
    of_some.user_permissions.set(chief.user_permissions.all())
    Space.objects.create(name="Sports").moderators.add(of_some)
    here = f"/moderation/policies/{space.pk}/"
    count = PolicyVersion.objects.count()

    for address in ("/moderation/policies/", here, f"{here}trials/{trial.pk}/"):
        for member in (moderator, reader, of_some):
            assert client_of(member).get(address).status_code == 403
        assert visitor_client.get(address).status_code == 302
    for address in (here, f"{here}restored/", f"{here}trials/{trial.pk}/"):
        for member in (moderator, reader, of_some):
            assert client_of(member).post(address, {"name": "Mine", "base": trial.base_id}).status_code == 403

    assert PolicyVersion.objects.count() == count


def test_pages_ask_as_often_for_thirty_as_for_one(space, chief, client_of):
    client = client_of(chief)
    trial = tried(space, chief)
    PolicyTrial.objects.filter(pk=trial.pk).update(result=_with_examples(1))
    few = _queries(client, space, trial)

    for number in range(29):
        Space.objects.create(name=f"Space {number}")
        save(space, make_member(), f"Version {number}", thresholds={"links": number / 30})
        tried(space, make_member())
    PolicyTrial.objects.filter(pk=trial.pk).update(result=_with_examples(29))

    assert _queries(client, space, trial) == few


def _with_examples(number):
    ids = [written(f"Example {at}.").pk for at in range(number)]
    none = {"gone": 0, "stood": 0, "undecided": number}
    return {"newly_held": ids, "before": none, "now": none, "all": none}


def _queries(client, space, trial):
    here = f"/moderation/policies/{space.pk}/"
    counts = []
    for address in ("/moderation/policies/", here, f"{here}trials/{trial.pk}/"):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    return counts
