"""Nobody learns of a comment that is not public: every address of the site is fetched, as everybody.

The addresses come from the URLconf. A new one has to be entered in `KNOWN`, or the first test here fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.shortcuts import resolve_url
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app as jobs_app

from accounts.models import User
from accounts.roles import Role
from civic.models import StaticPage
from comments.counting import find_drift
from comments.following import leave_url
from comments.models import Comment, CommentRevision, Follow, Guest, Space, Thread
from comments.models.comments import State
from comments.models.following import Rhythm
from comments.readers import COOKIE_NAME
from comments.visibility import hold, withdraw
from moderation.deciding import decide
from moderation.models import Act
from tests.articles.factories import make_article, make_author, make_topic
from tests.attack.addresses import every_route
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.newsletter.factories import make_issue, make_newsletter

pytestmark = pytest.mark.django_db

NO_SUCH = 987_654_321  # a comment that never was

HOW_TO_CLASSIFY = """
These addresses are in the URLconf and not in KNOWN of {file}:

    {routes}

Say there how each is fetched, so that this test can look whether anything hidden appears:
    page("/…/{{thread}}/?sort=best")      it answers GET; {{comment}} stands for every comment, one after another
    act("/…/{{comment}}/vote/", button="agree")   it answers POST: sent to each comment that is not public
    both of them in a list, where it answers both; left_out("why") where no word of a comment can be.
"""


@dataclass(frozen=True)
class Look:
    """How an address is asked. `paths` may hold {thread}, {comment}, {article} and the other names in `Scene.places`;
    {letter} and the like are tokens of the other guest, who alone has them."""

    method: str
    paths: tuple[str, ...] = ()
    fields: dict = field(default_factory=dict)
    why: str = ""


def page(*paths: str) -> Look:
    return Look("GET", paths)


def act(*paths: str, **fields: str) -> Look:
    return Look("POST", paths, fields)


def left_out(why: str) -> Look:
    return Look("", why=why)


SORTS = ("newest", "oldest", "best", "discussed")
DOOR = "allauth's: signing in, nothing of comments"
CLOSED = "everything about passwords is closed"

KNOWN: dict[str, Look | list[Look]] = {
    "health/live": page("/health/live"),
    "health/ready": page("/health/ready"),
    "robots.txt": page("/robots.txt"),
    "media/<path:name>": left_out("files of editors"),
    "pages/<slug:slug>/": page("/pages/{page}/"),
    "accounts/password/": left_out(CLOSED),
    "accounts/password/change/": left_out(CLOSED),
    "accounts/password/set/": left_out(CLOSED),
    "accounts/password/reset/": left_out(CLOSED),
    "accounts/password/reset/done/": left_out(CLOSED),
    "accounts/password/reset/key/done/": left_out(CLOSED),
    "accounts/password/reset/key/<uidb36>-<key>/": left_out(CLOSED),
    "accounts/reauthenticate/": left_out(CLOSED),
    "accounts/login/": page("/accounts/login/"),
    "accounts/login/code/": left_out(DOOR),
    "accounts/login/code/confirm/": left_out(DOOR),
    "accounts/logout/": page("/accounts/logout/"),
    "accounts/inactive/": page("/accounts/inactive/"),
    "accounts/signup/": page("/accounts/signup/"),
    "accounts/email/": page("/accounts/email/"),
    "accounts/confirm-email/": left_out(DOOR),
    "me/": page("/me/"),
    "me/data/": page("/me/data/"),
    "me/follows/": page("/me/follows/"),
    "me/muted/": page("/me/muted/"),
    "me/standing/": page("/me/standing/"),
    "me/reports/": page("/me/reports/"),
    "me/leave/": page("/me/leave/"),
    "me/leave/<str:token>/": page("/me/leave/x/"),
    "me/left/": page("/me/left/"),
    "discuss/mine/": page("/discuss/mine/"),
    "discuss/mine/quoting/": act("/discuss/mine/quoting/", quote="no"),
    "discuss/mine/standing/": page("/discuss/mine/standing/"),
    "discuss/mine/follows/": page("/discuss/mine/follows/"),
    "discuss/mine/follows/<int:pk>/": act("/discuss/mine/follows/{follow}/"),
    "discuss/unfollow/<str:token>/": page("/discuss/unfollow/{unfollow}/", "/discuss/unfollow/{unfollow_daily}/"),
    "discuss/device/": page("/discuss/device/"),
    "discuss/leave/": page("/discuss/leave/"),
    "discuss/leave/<str:token>/": page("/discuss/leave/x/"),
    "discuss/left/": page("/discuss/left/"),
    "discuss/<int:thread_id>/": page(
        "/discuss/{thread}/",
        *(f"/discuss/{{thread}}/?sort={sort}" for sort in SORTS),
        "/discuss/{thread}/?part=list",
    ),
    "discuss/<int:thread_id>/follow/": page("/discuss/{thread}/follow/"),
    "discuss/<int:thread_id>/read/": act("/discuss/{thread}/read/", until="2026-01-01T00:00:00Z"),
    "discuss/<int:thread_id>/proof/": act("/discuss/{thread}/proof/"),
    "discuss/<int:thread_id>/live/": page("/discuss/{thread}/live/"),
    "discuss/<int:thread_id>/comments.xml": page("/discuss/{thread}/comments.xml"),
    "discuss/<int:thread_id>/post/": act("/discuss/{thread}/post/", body="", parent="{comment}"),
    "discuss/c/<int:pk>/": page(
        "/discuss/c/{comment}/",
        "/discuss/c/{comment}/?part=list",
        "/discuss/c/{open}/?after={comment}",
    ),
    "discuss/c/<int:pk>/reply/": page("/discuss/c/{comment}/reply/"),
    "discuss/c/<int:pk>/edit/": [page("/discuss/c/{comment}/edit/"), act("/discuss/c/{comment}/edit/", body="Mine.")],
    "discuss/c/<int:pk>/edit/forget/": act("/discuss/c/{comment}/edit/forget/"),
    "discuss/c/<int:pk>/vote/": act("/discuss/c/{comment}/vote/", button="agree"),
    "discuss/c/<int:pk>/decision/": [
        page("/discuss/c/{comment}/decision/"),
        act("/discuss/c/{comment}/decision/", text="Look again."),
    ],
    "discuss/c/<int:pk>/report/": [
        page("/discuss/c/{comment}/report/"),
        act("/discuss/c/{comment}/report/", what="illegal", matter="other", text="A lie.", in_good_faith="on"),
    ],
    "discuss/c/<int:pk>/withdraw/": [page("/discuss/c/{comment}/withdraw/"), act("/discuss/c/{comment}/withdraw/")],
    "discuss/c/<int:pk>/follow/": [
        page("/discuss/c/{comment}/follow/"),
        act("/discuss/c/{comment}/follow/", rhythm="at_once"),
    ],
    "discuss/c/<int:pk>/mute/": [page("/discuss/c/{comment}/mute/"), act("/discuss/c/{comment}/mute/")],
    "discuss/c/<int:pk>/letter/": act("/discuss/c/{comment}/letter/"),
    "discuss/confirm/<str:token>/": [page("/discuss/confirm/x/"), act("/discuss/confirm/x/")],
    "discuss/by-letter/<str:token>/<int:pk>/": page("/discuss/by-letter/{letter}/{comment}/"),
    "discuss/by-letter/<str:token>/<int:pk>/decision/": page("/discuss/by-letter/{letter}/{comment}/decision/"),
    "discuss/by-letter/<str:token>/follows/": page("/discuss/by-letter/{letter}/follows/"),
    "discuss/by-letter/<str:token>/standing/": page("/discuss/by-letter/{letter}/standing/"),
    "moderation/": page("/moderation/"),
    "moderation/<int:pk>/": page("/moderation/{comment}/"),
    "moderation/<int:pk>/decision/": act("/moderation/{comment}/decision/", act="publish", seen="in_review"),
    "moderation/decisions/<int:pk>/undo/": left_out("takes a decision by its number; moderators only, else 403"),
    "moderation/<int:pk>/claim/": act("/moderation/{comment}/claim/"),
    "moderation/<int:pk>/notes/": act("/moderation/{comment}/notes/", text="A note."),
    "moderation/many/": [page("/moderation/many/?queue=all"), act("/moderation/many/", wish="publish")],
    "moderation/batches/": page("/moderation/batches/"),
    "moderation/batches/<int:pk>/": left_out("takes a batch by its number; moderators only, else 403"),
    "moderation/batches/<int:pk>/undo/": left_out("takes a batch by its number; moderators only, else 403"),
    "moderation/numbers/": page("/moderation/numbers/"),
    "moderation/reliability/": page("/moderation/reliability/"),
    "moderation/reliability/<str:head>/<int:number>/use/": act("/moderation/reliability/spam/0/use/"),
    "moderation/reliability/<str:head>/on/": act("/moderation/reliability/spam/on/"),
    "moderation/reliability/<str:head>/off/": act("/moderation/reliability/spam/off/"),
    "moderation/lines/": page("/moderation/lines/"),
    "moderation/lines/<int:pk>/": left_out("takes a line by its number; moderators only, else 403"),
    "moderation/appeals/": page("/moderation/appeals/"),
    "moderation/appeals/<int:pk>/": left_out("takes an appeal by its number; moderators only, else 403"),
    "moderation/people/": page(
        "/moderation/people/", "/moderation/people/?q=e", "/moderation/people/?q=hidden.example"
    ),
    "moderation/people/member/<int:pk>/": page("/moderation/people/member/{writer}/"),
    "moderation/people/guest/<int:pk>/": page("/moderation/people/guest/{writing_guest}/"),
    "moderation/people/measures/<int:pk>/lift/": left_out("takes a measure by its number; moderators only, else 403"),
    "moderation/people/measures/<int:pk>/confirm/": left_out("as above"),
    "moderation/people/decisions/<int:pk>/undo/": left_out("as above"),
    "moderation/people/appeals/<int:pk>/": left_out("as above"),
    "moderation/<int:pk>/evidence/": [
        page("/moderation/{comment}/evidence/"),
        act("/moderation/{comment}/evidence/", why="A threat.", days="90"),
    ],
    "moderation/evidence/": page("/moderation/evidence/"),
    "moderation/evidence/<int:pk>/end/": left_out("takes a hold by its number; moderators only, else 403"),
    "moderation/statements.csv": page("/moderation/statements.csv"),
    "moderation/discussions/": page("/moderation/discussions/", "/moderation/discussions/?q=story"),
    "moderation/discussions/all/": act("/moderation/discussions/all/"),
    "moderation/discussions/<int:pk>/": page("/moderation/discussions/{thread}/"),
    "moderation/policies/": page("/moderation/policies/"),
    "moderation/policies/<int:space>/": left_out("takes a space by its number; policy makers only, else 403"),
    "moderation/policies/<int:space>/restored/": left_out("as above"),
    "moderation/policies/<int:space>/trials/<int:pk>/": left_out("takes a trial by its number; as above"),
    "moderation/comments/<int:pk>/pin/": [
        page("/moderation/comments/{comment}/pin/"),
        act("/moderation/comments/{comment}/pin/", on="1"),
    ],
    "moderation/comments/<int:pk>/pick/": [
        page("/moderation/comments/{comment}/pick/"),
        act("/moderation/comments/{comment}/pick/", on="1"),
    ],
    "api/": page("/api/"),
    "api/v1/": page("/api/v1/"),
    "api/v1/openapi.json": page("/api/v1/openapi.json"),
    "api/v1/threads": page("/api/v1/threads", "/api/v1/threads?address={article}"),
    "api/v1/threads/<int:thread_id>": page("/api/v1/threads/{thread}"),
    "api/v1/threads/<int:thread_id>/comments": page(
        *(f"/api/v1/threads/{{thread}}/comments?sort={sort}" for sort in SORTS),
        "/api/v1/threads/{thread}/comments?limit=100",
    ),
    "api/v1/comments/<int:pk>": page("/api/v1/comments/{comment}"),
    "transparency/": page("/transparency/"),
    "transparency/log/": page("/transparency/log/"),
    "transparency/log.json": page("/transparency/log.json"),
    "newsletter/": page("/newsletter/"),
    "newsletter/subscribe/": page("/newsletter/subscribe/"),
    "newsletter/asked/": page("/newsletter/asked/"),
    "newsletter/erased/": page("/newsletter/erased/"),
    "newsletter/confirm/<str:token>/": page("/newsletter/confirm/x/"),
    "newsletter/report/<str:token>/": page("/newsletter/report/x/"),
    "newsletter/again/": page("/newsletter/again/"),
    "newsletter/not-me/<str:token>/": page("/newsletter/not-me/x/"),
    "newsletter/leave/<str:token>": page("/newsletter/leave/x"),
    "newsletter/leave/<str:token>/": page("/newsletter/leave/x/"),
    "newsletter/leave/<str:token>/return/": page("/newsletter/leave/x/return/"),
    "newsletter/preferences/<str:token>/": page("/newsletter/preferences/x/"),
    "newsletter/preferences/<str:token>/erase/": page("/newsletter/preferences/x/erase/"),
    "newsletter/preferences/<str:token>/download/": page("/newsletter/preferences/x/download/"),
    "me/letters/": page("/me/letters/"),
    "me/letters/erase/": page("/me/letters/erase/"),
    "me/letters/download/": page("/me/letters/download/"),
    "newsletter/<slug:slug>/": page("/newsletter/{newsletter}/"),
    "newsletter/<slug:slug>/<slug:slot>/": page("/newsletter/{newsletter}/{slot}/"),
    "newsletter/<slug:slug>/<slug:slot>/three/": page("/newsletter/{newsletter}/{slot}/three/"),
    "newsletter/<slug:slug>/feed.xml": page("/newsletter/{newsletter}/feed.xml"),
    "newsletter/<slug:slug>/atom.xml": page("/newsletter/{newsletter}/atom.xml"),
    "newsletter/<slug:slug>/feed.json": page("/newsletter/{newsletter}/feed.json"),
    "": page("/"),
    "<year>/<month>/<slug>/": page("{article}"),
    "authors/": page("/authors/"),
    "authors/<slug:slug>/": page("/authors/{author}/"),
    "topics/<slug:slug>/": page("/topics/{topic}/"),
    "corrections/": page("/corrections/"),
    "archive/": page("/archive/"),
    "search/": page("/search/?q=quorn", "/search/?q=story"),
    "<slug:slug>/": page("/{section}/"),
}

LEFT_OUT_BELOW = {"newsroom/": "Wagtail's own: for writers and editors, and no comment is registered there"}

VIEWERS = ("anybody", "other member", "other guest", "guest", "member", "editing member", "moderator")


@dataclass
class Scene:
    """A discussion with comments in every state. `secrets`: words, and who may see them; `addresses`: whose each is."""

    secrets: dict[str, set[str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    hidden: dict[int, str] = field(default_factory=dict)  # comments that are not public, and who wrote each
    never_public: set[int] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    thread: Thread | None = None
    public: int = 0
    open_comment: int = 0  # a public one

    def hide(self, comment: Comment, owner: str, *words: str, from_moderators: bool = False) -> None:
        self.hidden[comment.pk] = owner
        if not comment.has_been_public:
            self.never_public.add(comment.pk)
        for word in words:
            self.secrets[word] = {owner} if from_moderators else {owner, "moderator"}

    def paths(self, look: Look, viewer: str) -> Iterator[tuple[str, int | None]]:
        """Each path to ask, with the comment it is about."""
        holds = self.tokens if viewer == "other guest" else dict.fromkeys(self.tokens, "x")
        for path in look.paths:
            if "{comment}" in path or "{comment}" in look.fields.values():
                for pk in [*self.hidden, self.open_comment]:
                    yield path.format(**self.places, **holds, comment=pk), pk
            else:
                yield path.format(**self.places, **holds), None

    def leaks(self, viewer: str, text: str) -> list[str]:
        text = text.lower()
        words = [word for word, seers in self.secrets.items() if word.lower() in text and viewer not in seers]
        return words + [email for email, owner in self.addresses.items() if email in text and viewer != owner]


class Cast:
    """Makes comments whose words and names stand nowhere else, by people whose address stands nowhere else."""

    def __init__(self, scene: Scene, member: User, key) -> None:
        self.scene = scene
        self.member = member
        self.key = key
        self.moderator = make_member(display_name="Mo Derator", role=Role.MODERATOR)
        self.rule = make_rule()

    def by_guest(self, name: str, **fields) -> Comment:
        guest = make_guest(
            name=f"Vint{name}z Nemo", email=f"{name}@hidden.example", confirmed=fields.get("state") != State.UNCONFIRMED
        )
        Guest.objects.filter(pk=guest.pk).update(key=self.key)
        self.scene.addresses[guest.email] = "guest"
        return make_comment(thread=self.scene.thread, guest=guest, body=f"The word is quorn{name}z.", **fields)

    def by_member(self, name: str, **fields) -> Comment:
        return make_comment(thread=self.scene.thread, member=self.member, body=f"The word is quorn{name}z.", **fields)

    def public(self, **fields) -> Comment:
        self.scene.public += 1
        number = self.scene.public
        email = f"public{number}@hidden.example"
        self.scene.addresses[email] = f"writer {number}"
        guest = make_guest(name=f"Petra Public {number}", email=email)
        return make_comment(thread=self.scene.thread, guest=guest, body=f"Everybody may read this, {number}.", **fields)

    def decided(self, comment: Comment, act: Act) -> Comment:
        decide(comment, act, by=self.moderator, seen=comment.state, rule=self.rule)
        comment.refresh_from_db()
        return comment


@pytest.fixture
def scene(client_of) -> Scene:
    scene = Scene()
    author, topic = make_author(), make_topic()
    Space.objects.filter(pk=Space.default().pk).update(max_depth=2)  # so that answers say whom they answer
    article = make_article(headline="A story", author=author, topics=[topic])
    scene.thread = article.thread
    newsletter = make_newsletter("Daily")
    issue = make_issue(newsletter)
    StaticPage.objects.get_or_create(slug="about", defaults={"title": "About"})
    scene.places = {
        "thread": scene.thread.pk,
        "article": article.get_absolute_url(),
        "section": article.section.slug,
        "author": author.slug,
        "topic": topic.slug,
        "newsletter": newsletter.slug,
        "slot": issue.slot,
        "page": "about",
    }
    other = make_member(display_name="Ben Other", email="other@hidden.example")
    other_guest = make_guest(name="Olga Otherguest", email="otherguest@hidden.example")
    make_comment(guest=other_guest)  # elsewhere, so that the key is one
    scene.places["follow"] = Follow.objects.create(thread=scene.thread, member=other, rhythm=Rhythm.AT_ONCE).pk
    Follow.objects.create(thread=scene.thread, guest=other_guest, rhythm=Rhythm.DAILY)
    member = make_member(display_name="Malvinia Unseen", email="malvinia@hidden.example")
    editing = make_member(display_name="Edith Editing", email="edith@hidden.example")
    guest_key = make_guest().key
    cast = Cast(scene, member, guest_key)
    scene.places |= {"writer": member.pk, "writing_guest": other_guest.pk}
    write_everything(scene, cast, editing)
    issue.blocks = [{"type": "voice", "comment": pk} for pk in [*scene.hidden, scene.open_comment]]
    issue.save()
    make_issue(newsletter, slot=issue.slot, cadence="three", blocks=issue.blocks)
    for branch in Comment.objects.filter(pk__in=set(scene.hidden) - scene.never_public):  # followed when it was public
        Follow.objects.create(thread=scene.thread, branch=branch, member=other, rhythm=Rhythm.AT_ONCE)
        last = Follow.objects.create(thread=scene.thread, branch=branch, guest=other_guest, rhythm=Rhythm.DAILY)
    scene.tokens = {
        "letter": other_guest.letter_token(),
        "unfollow": leave_url([last], daily=False).split("/")[-2],
        "unfollow_daily": leave_url([last], daily=True).split("/")[-2],
    }
    scene.addresses |= {
        "other@hidden.example": "other member",
        "otherguest@hidden.example": "other guest",
        "malvinia@hidden.example": "member",
        "edith@hidden.example": "editing member",
        cast.moderator.email: "moderator",
    }
    scene.clients = {
        "anybody": Client(**SAME_ORIGIN),
        "other member": client_of(other),
        "other guest": with_key(other_guest),
        "guest": with_key(Guest.objects.filter(key=guest_key).first()),
        "member": client_of(member),
        "editing member": client_of(editing),
        "moderator": client_of(cast.moderator),
    }
    return scene


def write_everything(scene: Scene, cast: Cast, editing: User) -> None:
    root = cast.public()
    cast.public(parent=root)
    scene.open_comment = scene.places["open"] = root.pk
    waits = {"state": State.IN_REVIEW}

    unproven = cast.by_guest("unconfirmed", state=State.UNCONFIRMED)
    scene.hide(unproven, "guest", "quornunconfirmedz", "Vintunconfirmedz", from_moderators=True)
    scene.hide(cast.by_guest("held", **waits), "guest", "quornheldz", "Vintheldz")
    scene.hide(cast.by_member("heldanswer", parent=root, **waits), "member", "quornheldanswerz", "Malvinia")
    scene.hide(cast.decided(cast.by_guest("refused", **waits), Act.REFUSE), "guest", "quornrefusedz", "Vintrefusedz")
    refused = cast.by_member("refusedanswer", parent=root, **waits)
    scene.hide(cast.decided(refused, Act.REFUSE), "member", "quornrefusedanswerz")

    scene.hide(hold(cast.by_member("reported")), "member", "quornreportedz")
    answered = cast.by_guest("reportedanswered")
    cast.public(parent=answered)
    scene.hide(hold(answered), "guest", "quornreportedansweredz", "Vintreportedansweredz")

    scene.hide(cast.decided(cast.by_member("removed"), Act.REMOVE), "member", "quornremovedz")
    answered = cast.by_guest("removedanswered")
    cast.public(parent=answered)
    scene.hide(cast.decided(answered, Act.REMOVE), "guest", "quornremovedansweredz", "Vintremovedansweredz")
    below = cast.by_member("removedbelow", parent=root)  # at the deepest level: its answer says whom it answers
    cast.public(parent=below)
    scene.hide(cast.decided(below, Act.REMOVE), "member", "quornremovedbelowz")

    scene.hide(withdraw(cast.by_guest("withdrawn")), "guest", "quornwithdrawnz", "Vintwithdrawnz")
    answered = cast.by_member("withdrawnanswered")
    cast.public(parent=answered)
    scene.hide(withdraw(answered), "member", "quornwithdrawnansweredz")

    edited = make_comment(thread=scene.thread, member=editing, body="What stands, by Edith.")
    scene.public += 1
    for state, word in (
        (CommentRevision.State.WAITING, "quorneditedz"),
        (CommentRevision.State.REPLACED, "quornbeforez"),
    ):
        CommentRevision.objects.create(comment=edited, body=word, body_html="", state=state)
        scene.secrets[word] = {"editing member", "moderator"}
    Comment.objects.filter(pk=edited.pk).update(edit_waits=True, edited_at=timezone.now())


def with_key(guest: Guest) -> Client:
    client = Client(**SAME_ORIGIN)
    client.cookies[COOKIE_NAME] = guest.cookie()
    return client


def all_looks(*methods: str) -> list[Look]:
    """How the addresses that are there are asked."""
    known = [KNOWN[route] for route in dict.fromkeys(every_route()) if route in KNOWN]
    looks = [look for one in known for look in (one if isinstance(one, list) else [one])]
    return [look for look in looks if look.method in methods]


def is_left_out(route: str) -> bool:
    return any(route.startswith(prefix) for prefix in LEFT_OUT_BELOW)


def words_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    cookies = response.cookies.output()
    return f"{headers}\n{cookies}\n{body.decode('utf-8', 'replace')}"


def fetch(client: Client, method: str, path: str, fields: dict, accepted: str):
    ask = client.post if method == "POST" else client.get
    return ask(path, fields, headers={"accept": accepted})


def test_every_address_of_the_site_is_classified():
    unknown = sorted({route for route in every_route() if route not in KNOWN and not is_left_out(route)})

    assert not unknown, HOW_TO_CLASSIFY.format(file=__file__, routes="\n    ".join(unknown))


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_page_shows_what_is_hidden_from_whoever_looks(scene, viewer):
    for early in ("guest", "member", "moderator"):  # whatever is kept of a page must not be theirs
        for path in (scene.places["article"], f"/discuss/{scene.thread.pk}/", "/"):
            scene.clients[early].get(path)
    client = scene.clients[viewer]
    found = []

    for look in all_looks("GET"):
        for path, _ in scene.paths(look, viewer):
            response = client.get(path)
            assert response.status_code != 500, path
            found += [(path, word) for word in scene.leaks(viewer, words_of(response))]

    assert found == []


@pytest.mark.parametrize("viewer", ["anybody", "other member", "other guest"])
def test_a_comment_that_was_never_public_answers_as_if_it_were_not_there(scene, viewer):
    client = scene.clients[viewer]
    told = []

    for look in all_looks("GET", "POST"):
        for path, pk in scene.paths(look, viewer):
            if pk not in scene.never_public:
                continue
            answers = []
            for one in (pk, NO_SUCH):
                fields = {name: value.format(comment=one) for name, value in look.fields.items()}
                there = re.sub(rf"(?<!/discuss/)(?<=[/=]){pk}\b", str(one), path)  # not where a thread has its number
                for accepted in ("text/html", "application/json"):
                    response = fetch(client, look.method, there, fields, accepted)
                    told += [(path, word) for word in scene.leaks(viewer, words_of(response))]
                    answers.append(response.status_code)
            if answers[:2] != answers[2:]:
                told.append((look.method, path, answers))

    assert told == []


@pytest.mark.parametrize("viewer", ["anybody", "other member", "other guest", "guest", "member"])
def test_nobody_can_do_anything_with_a_comment_of_somebody_else_that_is_not_public(scene, viewer):
    client = scene.clients[viewer]
    before = snapshot()
    done = []

    for look in all_looks("POST"):
        for path, pk in scene.paths(look, viewer):
            if pk not in scene.hidden or scene.hidden[pk] == viewer:
                continue
            fields = {name: value.format(comment=pk) for name, value in look.fields.items()}
            response = client.post(path, fields)
            done += [(path, word) for word in scene.leaks(viewer, words_of(response))]
            signs_in = response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
            if response.status_code < 400 and not signs_in:
                done.append((path, response.status_code))

    assert done == []
    assert snapshot() == before


def test_letters_speak_of_what_is_public_and_to_its_writer_of_what_is_theirs(scene, run_jobs):
    Follow.objects.update(told_until=timezone.now() - timedelta(days=2))

    run_jobs()
    for periodic in list(jobs_app.periodic_registry.periodic_tasks.values()):
        periodic.task.func(0)
    run_jobs()

    assert mail.outbox
    for letter in mail.outbox:
        parts = [letter.subject, letter.body, *(content for content, _ in getattr(letter, "alternatives", []))]
        parts += [f"{name}: {value}" for name, value in letter.extra_headers.items()]
        viewer = scene.addresses.get(letter.to[0], letter.to[0])
        assert scene.leaks(viewer, "\n".join(parts)) == [], letter.subject


def test_every_number_counts_what_is_public_alone(scene):
    numbers = re.compile(r"\b(\d+)(?:</\w+>)?\s+comments?\b|\"(?:commentCount|count)\":\s*(\d+)")
    found = {}

    for look in all_looks("GET"):
        for path in [path for path, pk in scene.paths(look, "anybody") if pk is None]:
            for number in numbers.findall(words_of(scene.clients["anybody"].get(path))):
                found.setdefault(int(number[0] or number[1]), set()).add(path)

    scene.thread.refresh_from_db()
    assert set(found) == {scene.public}, found
    assert scene.thread.comment_count == scene.public
    assert find_drift() == []


def snapshot() -> list:
    return [
        list(Comment.objects.order_by("pk").values_list("pk", "state", "body", "edited_at", "is_pinned", "is_picked")),
        list(Follow.objects.order_by("pk").values_list("pk", "branch")),
    ]
