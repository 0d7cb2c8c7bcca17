"""Who is reading: a member, a guest known by the key of the device, or anybody."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from civic.lib import tokens
from comments.models import Comment, Guest
from comments.models.guests import COOKIE

COOKIE_NAME = "civic_guest"
COOKIE_PATH = "/discuss/"  # article pages never see it, so that they stay the same for everybody
COOKIE_DAYS = 365


@dataclass(frozen=True)
class Reader:
    """`member` when signed in; `guest_key` when this device wrote something as a guest. Neither: anybody."""

    member: User | None = None
    guest_key: UUID | None = None

    @property
    def is_anybody(self) -> bool:
        return self.member is None and self.guest_key is None

    @property
    def is_moderator(self) -> bool:
        return self.member is not None and self.member.is_moderator

    def has_written(self) -> bool:
        """Whether a first comment was sent before: by this member, or from this device. A query for members."""
        if self.member:
            return Comment.objects.filter(member=self.member).exists()
        return self.guest_key is not None

    def own_comments(self) -> Q:
        """Selects the comments that this reader wrote; none for anybody."""
        if self.member:
            return Q(member=self.member)
        return Q(guest__key=self.guest_key) if self.guest_key else Q(pk=None)

    def guest(self) -> Guest | None:
        """The newest name this device wrote under."""
        return Guest.objects.filter(key=self.guest_key).order_by("-pk").first() if self.guest_key else None


ANYBODY = Reader()


def reader_of(request: HttpRequest) -> Reader:
    """The reader behind a request. Touches the session only of somebody who brings a session cookie."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return Reader(member=request.user)
    return Reader(guest_key=guest_key_of(request))


def guest_key_of(request: HttpRequest) -> UUID | None:
    """The key of comments that this device wrote as a guest; also while a member is signed in on it."""
    return _key_in(request.COOKIES.get(COOKIE_NAME, ""))


def remember_guest(response: HttpResponse, guest: Guest, *, keep: bool) -> None:
    """Give the device the guest's key: for a year when asked to `keep` it, else until the browser closes."""
    response.set_cookie(
        COOKIE_NAME,
        guest.cookie(),
        max_age=COOKIE_DAYS * 86_400 if keep else None,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_guest(response: HttpResponse) -> None:
    """Take the key from the device."""
    response.delete_cookie(COOKIE_NAME, path=COOKIE_PATH, samesite="Lax")


def _key_in(cookie: str) -> UUID | None:
    try:
        return UUID(tokens.read(COOKIE, cookie)) if cookie else None
    except (tokens.BadToken, ValueError):
        return None
