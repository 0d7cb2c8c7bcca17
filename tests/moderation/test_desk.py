"""The lists of the desk: what each shows, how it is narrowed, who sees which, and what moderators tell one another."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.models import Comment, Guest, Screening, Space
from comments.models.comments import State
from moderation.claiming import claim
from moderation.deciding import decide, words_of
from moderation.filters import Filter
from moderation.filters import Queue as Name
from moderation.leavers import forget_notes
from moderation.models import Act, Batch, Claim, Decision, Note, ReadyLine
from moderation.people import Person
from moderation.queue import load_queue
from moderation.scope import Scope
from moderation.standing import ban
from screening.signals.likeness import SAID
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread
from tests.moderation.reports import report

pytestmark = pytest.mark.django_db


def shown(moderator, **filter) -> list[Comment]:
    return [held.comment for held in load_queue(Filter(**filter), Scope.of(moderator)).held]


def noticed(comment, *rules) -> Comment:
    signals = [{"rule": rule, "score": 0.9, "evidence": f"some {rule}", "span": None} for rule in rules]
    Screening.objects.create(comment=comment, outcome="hold", rule=rules[0], signals=signals)
    return comment


def test_each_list_shows_what_it_says(moderator):
    rule = make_rule()
    held, public, refused = (make_comment(state=s) for s in (State.IN_REVIEW, State.PUBLIC, State.REFUSED))
    removed = make_comment()
    decide(removed, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)
    theirs = make_comment()
    decide(theirs, Act.KEEP, by=make_member(role=Role.MODERATOR), seen=State.PUBLIC)
    make_comment(state=State.UNCONFIRMED, guest=make_guest(confirmed=False))

    assert shown(moderator) == [held]
    assert shown(moderator, queue=Name.RECENT) == [theirs, public]
    assert shown(moderator, queue=Name.MINE) == [removed]
    assert shown(moderator, queue=Name.DECIDED) == [theirs, removed]
    assert shown(moderator, queue=Name.ALL) == [theirs, removed, refused, public, held]


def test_what_was_published_last_stands_first_however_long_it_had_waited(moderator):
    waited = make_comment(state=State.IN_REVIEW)
    at_once = make_comment()
    decide(waited, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    assert shown(moderator, queue=Name.RECENT) == [waited, at_once]


def test_a_case_says_where_its_space_asks_sooner_or_later_than_others(moderator, client_of):
    def case(*signals, rule):
        comment = make_comment(state=State.IN_REVIEW)
        seen = [{"rule": r, "score": score, "evidence": f"some {r}", "span": None} for r, score in signals]
        Screening.objects.create(comment=comment, outcome="hold", rule=rule, signals=seen)
        page = client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()
        return "asks sooner" in page, "asks later" in page

    assert case(("language", 0.3), rule="language") == (True, False)
    assert case(("phrase", 0.8), ("shouting", 0.9), rule="shouting") == (False, True)
    assert case(("links", 0.2), ("links", 0.6), ("newcomer", 0.5), rule="links") == (False, False)


def test_lists_are_narrowed(moderator, reader):
    opinion = Space.objects.create(name="Opinion")
    everything = {"queue": Name.ALL}
    elsewhere = make_comment(thread=make_thread(space=opinion))
    links = noticed(make_comment(member=reader, state=State.IN_REVIEW), "newcomer", "links")
    old = make_comment(created_at=timezone.now() - timedelta(days=2))
    broke = make_comment(body="Of kitchens and ovens.")
    decide(broke, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(4))

    assert shown(moderator, space=opinion.pk, **everything) == [elsewhere]
    assert shown(moderator, signal="links", **everything) == [links]
    assert shown(moderator, age=24, **everything) == [old]
    assert shown(moderator, rule=4, **everything) == [broke]
    assert shown(moderator, state=State.REMOVED, **everything) == [broke]
    assert shown(moderator, writer=f"member-{reader.pk}", **everything) == [links]
    assert shown(moderator, words="KITCHENS", **everything) == [broke]
    assert shown(moderator, words="ada read", **everything) == [links]
    assert shown(moderator, words="100%", **everything) == []
    assert shown(moderator, signal="links") == [links]
    assert shown(moderator, signal="links", age=24) == []


def test_all_of_a_guest_is_what_was_written_under_the_proven_address(moderator):
    ana, also_ana = make_guest(email="ana@example.org"), make_guest(name="A.", email="Ana@example.org")
    stranger = make_guest(email="ana@example.org", confirmed=False)
    first, second = make_comment(guest=ana), make_comment(guest=also_ana)
    make_comment(guest=stranger)

    assert shown(moderator, queue=Name.ALL, writer=f"guest-{ana.pk}") == [second, first]


@pytest.mark.parametrize(
    "nonsense",
    [
        "queue=nope&age=7&space=x",
        "page=0",
        "page=9999999999999999999999",
        "writer=member-1;drop",
        "words=%00",
        "rule=-1",
    ],
)
def test_nonsense_in_the_address_narrows_nothing(client_of, moderator, nonsense):
    make_comment(state=State.IN_REVIEW, body="It waits.")

    answer = client_of(moderator).get(f"/moderation/?{nonsense}")

    assert answer.status_code == 200
    assert "It waits." in answer.content.decode()


def test_a_list_goes_on_beyond_its_first_page(client_of, moderator):
    thread, member = make_thread(), make_member()
    comments = [make_comment(thread=thread, member=member, body=f"Number {n}.") for n in range(52)]
    client = client_of(moderator)

    first = client.get("/moderation/?queue=recent").content.decode()
    second = client.get("/moderation/?queue=recent&page=2").content.decode()

    assert "page=2" in first
    assert comments[51].body in first
    assert comments[0].body not in first
    assert comments[0].body in second


def test_deciding_goes_on_in_the_list_that_one_works_through(client_of, moderator):
    first, other, second = (
        noticed(make_comment(state=State.IN_REVIEW), rule) for rule in ("links", "shouting", "links")
    )
    client = client_of(moderator)
    posted = {"seen": first.state, "words": words_of(first), "act": "publish"}

    answer = client.post(f"/moderation/{first.pk}/decision/?signal=links", posted)

    made = Decision.objects.get()
    assert answer["Location"] == f"/moderation/{second.pk}/?signal=links&done={made.pk}"
    page = client.get(answer["Location"]).content.decode()
    assert f'/moderation/{other.pk}/"' not in page
    assert f"/moderation/decisions/{made.pk}/undo/?signal=links" in page


def test_evidence_is_marked_in_the_text_and_numbered(client_of, moderator):
    comment = make_comment(state=State.IN_REVIEW, body="You are as thick as he is.")
    signals = [{"rule": "phrase", "score": 0.8, "evidence": "a listed word", "span": [11, 16]}]
    Screening.objects.create(comment=comment, outcome="hold", rule="phrase", signals=signals)

    page = client_of(moderator).get("/moderation/").content.decode()

    assert "as <mark>thick<sup>1</sup></mark> as he is" in page
    assert "<b>Listed word<sup>1</sup></b> a listed word" in page


def seen_by_model(likely: float | None = 0.997, **comment) -> Comment:
    """A comment that waits because the model finds it like spam."""
    made = make_comment(state=State.IN_REVIEW, **comment)
    words = ["“a”", "“b”", "“c”", "“d”", "a link", "capitals"]
    signal = {"rule": "spam", "score": 0.9, "evidence": SAID, "span": None, "words": words, "likely": likely}
    Screening.objects.create(comment=made, outcome="hold", rule="spam", reasons=[SAID], signals=[signal])
    return made


def test_what_the_model_says_is_a_word_a_number_and_what_weighed_most(client_of, moderator, limited):
    comment = seen_by_model()

    page = client_of(moderator).get("/moderation/").content.decode()

    assert "almost certain: 99 of 100 like it are taken down, for “a”, “b”, “c”, “d”, a link" in page
    assert '<p class="held__why">Like spam, almost certain</p>' in page
    assert "/moderation/reliability/" in page
    comment.thread.space.moderators.add(limited)
    assert "/moderation/reliability/" not in client_of(limited).get("/moderation/").content.decode()


@pytest.mark.parametrize(
    ("likely", "words"),
    [(0.6, "likely: 60 of 100"), (0.1, "unlikely: 10 of 100"), (0.0, "unlikely: 1 of 100"), (None, "high, for")],
)
def test_the_word_and_the_number_of_the_model_say_the_same(client_of, moderator, likely, words):
    seen_by_model(likely)

    page = client_of(moderator).get("/moderation/").content.decode()

    assert f"</b> {words}" in page
    assert ('data-weight="high"' in page) == (likely is None or likely >= 0.5)


def test_who_decides_blind_is_not_told_by_the_list_either(client_of, moderator):
    seen_by_model()
    SiteSettings(decides_blind=True).save()

    page = client_of(moderator).get("/moderation/").content.decode()

    assert SAID.capitalize() in page
    assert '<li class="chip">A moderator reads it first</li>' in page
    assert "What the model says, if anything, you see once it is decided." in page
    assert "like spam, " not in page.lower()
    assert "/moderation/reliability/" not in page


def test_the_last_of_a_list_offers_no_next_and_the_decision_goes_on_before_it(client_of, moderator):
    first, last = (make_comment(state=State.IN_REVIEW, priority=priority) for priority in (9, 1))
    client = client_of(moderator)

    assert 'rel="next"' in client.get(f"/moderation/{first.pk}/").content.decode()
    assert 'rel="next"' not in client.get(f"/moderation/{last.pk}/").content.decode()
    on = client.post(
        f"/moderation/{last.pk}/decision/", {"seen": "in_review", "words": words_of(last), "act": "publish"}
    )
    assert on["Location"].startswith(f"/moderation/{first.pk}/")


# ---------------------------------------------------------------------------------------------- limited to some spaces


@pytest.fixture
def opinion(db) -> Space:
    return Space.objects.create(name="Opinion")


@pytest.fixture
def limited(opinion):
    """A moderator of the space `opinion` alone."""
    member = make_member(role=Role.MODERATOR)
    opinion.moderators.add(member)
    return member


def test_a_moderator_of_some_spaces_sees_and_decides_only_there(client_of, limited, opinion, moderator):
    here = make_comment(thread=make_thread(space=opinion), state=State.IN_REVIEW, body="It is mine.")
    there = make_comment(state=State.IN_REVIEW, body="It is not mine.")
    decided = make_comment()
    made = decide(decided, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    client = client_of(limited)

    for queue in ("waiting", "all", "recent", "decided"):
        page = client.get(f"/moderation/?queue={queue}&words=").content.decode()
        assert "It is not mine." not in page
    assert "It is mine." in client.get("/moderation/").content.decode()
    assert client.get(f"/moderation/{there.pk}/").status_code == 404
    act = {"seen": there.state, "words": words_of(there), "act": "publish"}
    chosen = {"chosen": f"{there.pk}-{words_of(there)}", "wish": "publish", "do": ""}
    assert client.post(f"/moderation/{there.pk}/decision/", act).status_code == 404
    assert client.post(f"/moderation/{there.pk}/claim/").status_code == 404
    assert client.post(f"/moderation/{there.pk}/notes/", {"text": "Mine?"}).status_code == 404
    assert client.post(f"/moderation/decisions/{made.pk}/undo/").status_code == 404
    assert client.post(f"/moderation/comments/{decided.pk}/pin/", {"on": "1"}).status_code == 404
    assert client.get(f"/moderation/discussions/{there.thread_id}/").status_code == 404
    assert there.thread.title not in client.get("/moderation/discussions/").content.decode()
    assert "Nothing would happen" in client.post("/moderation/many/", chosen).content.decode()
    there.refresh_from_db()
    assert there.state == State.IN_REVIEW
    assert client.post(f"/moderation/{here.pk}/decision/", {**act, "words": words_of(here)}).status_code == 303


def test_who_is_named_nowhere_and_who_runs_the_site_sees_all(limited, opinion, moderator):
    admin = make_member(role=Role.ADMIN)
    opinion.moderators.add(admin)
    there = make_comment(state=State.IN_REVIEW)

    assert shown(moderator) == shown(admin) == [there]
    assert shown(limited) == []


def test_a_batch_that_reaches_beyond_the_own_spaces_is_not_theirs(client_of, limited, opinion, moderator):
    batch = Batch.objects.create(by=moderator)
    for thread in (make_thread(space=opinion), make_thread()):
        comment = make_comment(thread=thread)
        decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), batch=batch)

    assert client_of(limited).get(f"/moderation/batches/{batch.pk}/").status_code == 404
    assert client_of(limited).post(f"/moderation/batches/{batch.pk}/undo/").status_code == 404
    assert client_of(moderator).get(f"/moderation/batches/{batch.pk}/").status_code == 200


# ------------------------------------------------------------------------------------------------------------- claims


def test_a_claim_tells_the_others_and_ends_by_itself(client_of, moderator):
    other = make_member(role=Role.MODERATOR, display_name="Ros Pike")
    comment, second = make_comment(state=State.IN_REVIEW, priority=5), make_comment(state=State.IN_REVIEW)
    held = client_of(other).post(f"/moderation/{comment.pk}/claim/", HTTP_ACCEPT="application/json").json()
    assert held["mine"] is True

    page = client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()
    assert "Ros Pike looks at it just now" in page
    seen = client_of(moderator).post(f"/moderation/{comment.pk}/claim/", HTTP_ACCEPT="application/json").json()
    assert (seen["mine"], seen["by"]) == (False, "Ros Pike")
    assert "looks at it just now" not in client_of(other).get(f"/moderation/{comment.pk}/").content.decode()

    with time_machine.travel(timezone.now() + timedelta(seconds=181)):
        assert "looks at it just now" not in client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()
        assert claim(comment, by=moderator).by == moderator
    assert second.state == State.IN_REVIEW


def test_turning_to_the_next_lets_go_of_the_one_before_and_so_does_deciding(moderator):
    first, second = make_comment(state=State.IN_REVIEW), make_comment(state=State.IN_REVIEW)

    claim(first, by=moderator)
    claim(second, by=moderator)
    assert [c.comment for c in Claim.objects.all()] == [second]

    decide(second, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    assert Claim.objects.count() == 0


def test_what_somebody_else_looks_at_comes_last(client_of, moderator):
    first, second, third = (make_comment(state=State.IN_REVIEW, priority=9 - n) for n in range(3))
    claim(second, by=make_member(role=Role.MODERATOR))

    page = client_of(moderator).get(f"/moderation/{first.pk}/").content.decode()

    assert f'href="/moderation/{third.pk}/" rel="next"' in page


def test_a_claim_renewed_keeps_its_beginning(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    first = claim(comment, by=moderator)

    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        again = claim(comment, by=moderator)

    assert (again.pk, again.since) == (first.pk, first.since)
    assert again.until > first.until


# ---------------------------------------------------------------------------------------------- notes and ready lines


def test_notes_are_read_by_moderators_beside_all_comments_of_the_writer_and_by_nobody_else(
    client_of, moderator, reader, client
):
    first, second = make_comment(member=reader), make_comment(member=reader)

    answer = client_of(moderator).post(f"/moderation/{first.pk}/notes/", {"text": "Wrote so before."})

    assert answer.status_code == 303
    assert "Wrote so before." in client_of(moderator).get(f"/moderation/{second.pk}/").content.decode()
    for whose in (client_of(reader), client):
        assert "Wrote so before." not in whose.get(first.get_absolute_url()).content.decode()
    assert b"Wrote so before." not in b"".join(client_of(reader).get("/me/data/"))


def test_an_empty_note_is_not_kept(client_of, moderator):
    comment = make_comment()

    answer = client_of(moderator).post(f"/moderation/{comment.pk}/notes/", {"text": "  "})

    assert answer.status_code == 422
    assert not Note.objects.exists()


def test_a_ready_line_goes_to_the_author_with_what_was_added(client_of, moderator):
    line = ReadyLine.objects.create(text="Thank you for writing.", rule=make_rule())
    comment = make_comment(state=State.IN_REVIEW)
    client = client_of(moderator)
    assert line.text in client.get("/moderation/").content.decode()
    posted = {"seen": comment.state, "words": words_of(comment), "act": "publish"}

    client.post(f"/moderation/{comment.pk}/decision/", {**posted, "ready": line.pk, "note": "And welcome."})

    assert Decision.objects.get().note == "Thank you for writing. And welcome."


def test_ready_lines_are_kept_changed_and_taken_away(client_of, moderator):
    client = client_of(moderator)

    assert client.post("/moderation/lines/", {"text": ""}).status_code == 422
    assert client.post("/moderation/lines/", {"text": "Read first."}).status_code == 303
    line = ReadyLine.objects.get()
    client.post(f"/moderation/lines/{line.pk}/", {"text": "Please read first."})
    line.refresh_from_db()
    assert line.text == "Please read first."
    client.post(f"/moderation/lines/{line.pk}/", {"delete": "1"})
    assert not ReadyLine.objects.exists()


PAGES = ["/moderation/many/", "/moderation/batches/", "/moderation/lines/", "/moderation/?queue=all"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_pages_of_the_desk_are_closed_to_others(client_of, visitor_client, address, role):
    assert client_of(make_member(role=role)).get(address).status_code == 403
    assert visitor_client.get(address).status_code == 302


def test_acts_of_the_desk_are_closed_to_others(client_of, moderator, reader):
    comment = make_comment(state=State.IN_REVIEW)
    batch = Batch.objects.create(by=moderator)
    line = ReadyLine.objects.create(text="A line.")
    client = client_of(reader)

    for address in (
        f"/moderation/{comment.pk}/claim/",
        f"/moderation/{comment.pk}/notes/",
        "/moderation/many/",
        f"/moderation/batches/{batch.pk}/undo/",
        f"/moderation/lines/{line.pk}/",
    ):
        assert client.post(address, {"text": "x", "delete": "1"}).status_code == 403
    assert ReadyLine.objects.exists()


# -------------------------------------------------------------------------------------------------------- many at once


def test_many_are_chosen_looked_at_decided_and_taken_back(client_of, moderator, reader):
    comments = [make_comment(member=reader, state=State.IN_REVIEW, body=f"Number {n}.") for n in range(3)]
    rule = make_rule(4)
    client = client_of(moderator)
    page = client.get("/moderation/many/").content.decode()
    chosen = [f"{c.pk}-{words_of(c)}" for c in comments[:2]]
    assert all(f'value="{value}"' in page for value in chosen)
    posted = {"chosen": chosen, "wish": "take_down", "rule": 4, "note": "So not."}

    looked = client.post("/moderation/many/", {**posted, "look": ""}).content.decode()
    assert "<b>2</b> would be refused" in looked
    assert rule.text in looked
    assert not Decision.objects.exists()
    done = client.post("/moderation/many/", {**posted, "do": ""})
    assert "2 comments decided" in client.get(done["Location"]).content.decode()
    assert [Comment.objects.get(pk=c.pk).state for c in comments] == [State.REFUSED, State.REFUSED, State.IN_REVIEW]

    back = client.post(done["Location"] + "undo/")
    assert "2 comments taken back" in client.get(back["Location"]).content.decode()
    assert {Comment.objects.get(pk=c.pk).state for c in comments} == {State.IN_REVIEW}
    assert client.post(done["Location"] + "undo/").status_code == 409


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"wish": "publish"}, "Choose some comments first."),
        ({"chosen": "1-0123456789abcdef"}, "What shall become of them?"),
        ({"chosen": "1-0123456789abcdef", "wish": "take_down"}, "Which house rule do they break?"),
        ({"chosen": "<script>", "wish": "publish"}, "Something of this page is broken."),
        ({"chosen": ["1-0123456789abcdef"] * 501, "wish": "publish"}, "At most 500 at once"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(client_of, moderator, posted, words):
    make_comment(state=State.IN_REVIEW)

    answer = client_of(moderator).post("/moderation/many/", {**posted, "note": "A long note."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "A long note." in page


@pytest.mark.parametrize(
    "address", ["/moderation/", "/moderation/?queue=all", "/moderation/?queue=mine", "/moderation/many/"]
)
def test_thirty_cost_the_queries_of_one(client_of, moderator, address):
    client, rule = client_of(moderator), make_rule()
    ReadyLine.objects.create(text="A line.", rule=rule)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            held = noticed(make_comment(state=State.IN_REVIEW, parent=make_comment()), "links")
            decided = make_comment()
            decide(decided, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)
            Note.objects.create(comment=held, by=moderator, text="A note.")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


# ------------------------------------------------------------------------------------------------- refused and warned


def test_one_key_refuses_and_warns_and_one_takes_both_back(client_of, moderator, reader, run_jobs):
    comment, client = make_comment(state=State.IN_REVIEW, member=reader), client_of(moderator)
    make_rule(4)
    assert 'value="warn" data-key="w"' in client.get("/moderation/").content.decode()
    posted = {"seen": comment.state, "words": words_of(comment), "act": "warn"}

    assert client.post(f"/moderation/{comment.pk}/decision/", posted).status_code == 422
    answer = client.post(f"/moderation/{comment.pk}/decision/", {**posted, "rule": 4, "note": "Please stop."})
    run_jobs()

    comment.refresh_from_db()
    assert answer.status_code == 303
    assert comment.state == State.REFUSED
    assert [m.to for m in mail.outbox] == [[reader.email]]
    assert [(s.kind, s.lifted_at) for s in Suspension.objects.all()] == [("warn", None)]

    client.post(f"/moderation/decisions/{Decision.objects.get().pk}/undo/")
    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW
    assert not Suspension.objects.filter(lifted_at=None).exists()


def test_nobody_warns_who_works_here_as_high_and_the_comment_stands_then(client_of, moderator):
    colleague = make_member(role=Role.MODERATOR)
    comment = make_comment(state=State.IN_REVIEW, member=colleague)
    make_rule(4)
    posted = {"seen": comment.state, "words": words_of(comment), "act": "warn", "rule": 4}

    answer = client_of(moderator).post(f"/moderation/{comment.pk}/decision/", posted)

    comment.refresh_from_db()
    assert answer.status_code == 403
    assert comment.state == State.IN_REVIEW
    assert not Suspension.objects.exists()


def test_who_has_left_cannot_be_warned(client_of, moderator):
    make_comment(state=State.IN_REVIEW, guest=Guest.nameless())

    assert 'value="warn"' not in client_of(moderator).get("/moderation/").content.decode()


def test_a_ban_that_waits_stands_at_the_edge_for_others_than_its_maker(client_of, moderator, limited):
    other = make_member(role=Role.MODERATOR)
    ban(Person.of_member(make_member()), by=other, rule=make_rule())

    assert "About people" in client_of(moderator).get("/moderation/").content.decode()
    for nobody in (other, limited):
        assert "About people" not in client_of(nobody).get("/moderation/").content.decode()


def test_notes_about_somebody_who_has_left_go_and_those_about_others_stay(moderator, reader):
    left, here = make_comment(guest=Guest.nameless()), make_comment(member=reader)
    for comment in (left, here):
        Note.objects.create(comment=comment, by=moderator, text="A note.")

    forget_notes()

    assert [note.comment for note in Note.objects.all()] == [here]


# ---------------------------------------------------------------------------------------------- told in plain words


def test_the_line_after_a_decision_says_all_that_was_done(client_of, moderator, reader):
    comment, client = make_comment(state=State.IN_REVIEW, member=reader), client_of(moderator)
    make_rule(4)
    posted = {"seen": comment.state, "words": words_of(comment), "act": "warn", "rule": 4}
    warned = client.post(f"/moderation/{comment.pk}/decision/", posted)["Location"]
    assert "Refused, and warned: “" in client.get(warned).content.decode()

    undone = client.post(f"/moderation/decisions/{Decision.objects.get().pk}/undo/")["Location"]
    page = client.get(undone).content.decode()
    assert "Undone: “" in page
    assert "It is waiting for a moderator again." in page
    assert "Taken into review:" not in page


def test_a_name_that_ends_with_a_dot_ends_the_line_with_one(client_of, moderator):
    comment, client = (
        make_comment(state=State.IN_REVIEW, member=make_member(display_name="Jon P.")),
        client_of(moderator),
    )
    posted = {"seen": comment.state, "words": words_of(comment), "act": "publish"}

    page = client.get(client.post(f"/moderation/{comment.pk}/decision/", posted)["Location"]).content.decode()

    assert "” by Jon P.</p>" in page


def test_what_waits_again_and_was_public_is_said_to_be_removed_and_why(client_of, moderator):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=comment.state)
    make_rule(4)

    back = client_of(moderator).post(f"/moderation/decisions/{made.pk}/undo/?queue=recent")["Location"]

    page = client_of(moderator).get(back).content.decode()
    assert "It was public before, so taking it down is called removing." in page


def test_who_forgets_the_rule_is_led_to_the_rules_and_finds_them_in_full(client_of, moderator):
    comment, rule = make_comment(state=State.IN_REVIEW), make_rule(4)
    posted = {"seen": comment.state, "words": words_of(comment), "act": "refuse"}
    page = client_of(moderator).post(f"/moderation/{comment.pk}/decision/", posted).content.decode()
    assert 'id="rule-error">Which house rule does it break?' in page
    assert "autofocus" in page
    assert f'<li value="4">{rule.text}</li>' in page


def test_each_space_counts_what_a_click_on_it_shows(client_of, moderator):
    opinion = Space.objects.create(name="Opinion")
    make_comment(thread=make_thread(space=opinion), state=State.IN_REVIEW)
    report(make_comment(thread=make_thread(space=opinion)))
    make_comment(state=State.IN_REVIEW)

    counts = {space.name: space.waiting for space in load_queue(Filter(), Scope.of(moderator)).counts.spaces}
    assert counts["Opinion"] == len(shown(moderator, space=opinion.pk)) == 2
    assert sum(counts.values()) == 3
