"""Members, their badges and their standing."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from accounts import roles
from civic.lib import sql
from civic.lib.site import SeenEverywhere, SiteSettings
from civic.lib.tokens import fingerprints


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def working_here(self):
        """Everybody in any role, and whoever wears a staff badge."""
        return self.active().filter(Q(groups__isnull=False) | Q(badge__kind=Badge.Kind.STAFF)).distinct()

    def moderators(self):
        return self.active().filter(roles.at_the_desk()).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str, display_name: str = "", password: str | None = None, **fields) -> "User":
        """A member. People sign in with a code by e-mail, so there is usually no password."""
        user = self.model(email=email.strip(), display_name=display_name or email.split("@")[0], **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save()
        return user

    def create_superuser(self, email: str, display_name: str = "", password: str | None = None, **fields) -> "User":
        return self.create_user(email, display_name, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A member. The e-mail address is the login and is never shown; `display_name` is what others see."""

    email = models.EmailField("e-mail", error_messages={"unique": "There is an account with this address."})
    display_name = models.CharField("name", max_length=60, help_text="Shown with your comments.")
    slug = models.SlugField(max_length=70, unique=True, editable=False)
    bio = models.CharField("about you", max_length=300, blank=True)
    language = models.CharField(max_length=12, blank=True)
    zone = models.CharField("time zone", max_length=64, blank=True)
    may_be_quoted = models.BooleanField(
        "my comments may be quoted in newsletters",
        default=True,
        db_default=True,
        help_text="The best of a day stand in letters, with your name. Take it back, and no later letter has them.",
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "member"
        constraints = [models.UniqueConstraint(Lower("email"), name="one_member_per_address")]

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def from_db(cls, db, field_names, values) -> "User":
        member = super().from_db(db, field_names, values)
        member._known_as = member.__dict__.get("display_name")
        return member

    def save(self, *args, **kwargs) -> None:
        """A new name stands on many pages at once, beside old comments too: what was kept of any page is stale."""
        with transaction.atomic():
            self._save(*args, **kwargs)
            if getattr(self, "_known_as", None) not in (None, self.display_name):
                SiteSettings.touch()
        self._known_as = self.display_name

    def _save(self, *args, **kwargs) -> None:
        if self.slug:
            return super().save(*args, **kwargs)
        self.slug = slugify(self.display_name)[:60] or "member"
        if not User.objects.filter(slug=self.slug).exists():
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)
            except IntegrityError:
                if not User.objects.filter(slug=self.slug).exists():
                    raise  # it was not the slug; otherwise a namesake came at the same moment
        self.slug = f"{self.slug}-{get_random_string(4).lower()}"
        return super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    # Wagtail's user pages ask for these two; we keep one name.
    @property
    def first_name(self) -> str:
        return self.display_name

    @property
    def last_name(self) -> str:
        return ""

    @property
    def is_moderator(self) -> bool:
        return roles.is_moderator(self)

    @property
    def is_admin(self) -> bool:
        return roles.is_admin(self)

    @property
    def may_enter_newsroom(self) -> bool:
        return roles.may_enter_newsroom(self)

    @property
    def is_staff_member(self) -> bool:
        return roles.is_staff(self)


class Badge(SeenEverywhere):
    """Says beside a name who somebody is. Given by the paper after it has checked."""

    class Kind(models.TextChoices):
        STAFF = "staff", "works here"
        AUTHOR = "author", "author of the article"
        OFFICIAL = "official", "holds an office"
        EXPERT = "expert", "knows the field"

    member = models.OneToOneField(User, on_delete=models.CASCADE, related_name="badge")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(max_length=40, help_text="As it stands beside the name: Readers’ editor, Larkford Police.")
    verified_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="How it was checked. Not shown.")
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.label


class SuspensionQuerySet(models.QuerySet):
    def in_force(self, at=None):
        """Those that hold at a moment (now, by default): not lifted, not over; a warning until it is acknowledged."""
        at = at or timezone.now()
        return self.filter(lifted_at=None, acknowledged_at=None).filter(Q(until=None) | Q(until__gt=at))

    def on(self, *, member: User | None = None, address_hashes: Sequence[bytes] = ()):
        """Those on a member, and those on an address by its keyed hashes (one for each key in use)."""
        on_address = Q(address_hash__in=address_hashes)
        return self.filter(on_address if member is None else on_address | Q(member=member))

    def of(self, member: User):
        """Those on a member and on the member's proven address: whoever leaves and comes back, or was a guest before,
        does not begin anew."""
        return self.on(member=member, address_hashes=fingerprints("address", member.email.lower()))


_HOLDING = """
WHERE (member_id = %s OR address_hash = ANY(%s)) AND lifted_at IS NULL AND acknowledged_at IS NULL
  AND (until IS NULL OR until > %s)
ORDER BY until DESC NULLS FIRST
"""
# A guest is somebody's account, too, where the address is its: a banned member does not write on as a guest.
_HOLDING_ON_ADDRESS = _HOLDING.replace("%s OR", "(SELECT id FROM accounts_user WHERE lower(email) = %s) OR", 1)


class Suspension(models.Model):
    """What somebody's standing is limited by, why and until when. Guests are known by a keyed hash of their address.

    `rule` keeps the text of the house rule as it was: rules change, and an answer must not change with them. `words` is
    what the person reads, `note` what only moderators do. Who decided what about it is kept beside it by `moderation`.
    """

    class Kind(models.TextChoices):
        WARN = "warn", "warned"
        PREMODERATE = "premoderate", "read before publication"
        SUSPEND = "suspend", "suspended"
        BAN = "ban", "banned"

    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="suspensions")
    address_hash = models.BinaryField(max_length=16, null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    until = models.DateTimeField(null=True, blank=True)
    rule = models.TextField()
    words = models.TextField(blank=True, default="", db_default="")
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    # A ban that needs a second moderator holds like "read before publication" until there is one.
    is_unconfirmed = models.BooleanField(default=False, db_default=False)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # When its person said "I have read this": a warning holds until then.
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False) ^ Q(address_hash__isnull=False),
                name="suspension_is_on_a_member_or_an_address",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(by=None) | ~Q(confirmed_by=F("by")),
                name="ban_is_confirmed_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(is_unconfirmed=False) | Q(kind="ban", confirmed_by=None), name="only_bans_wait_for_a_second"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(kind="warn"), name="only_warnings_are_acknowledged"
            ),
        ]
        indexes = [
            models.Index(fields=["address_hash"], name="suspension_by_address"),
            models.Index(fields=["made_at"], name="suspensions_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.rule}"

    @property
    def stops(self) -> bool:
        """Whether whoever it is about may not write at all."""
        return self.kind in (self.Kind.SUSPEND, self.Kind.BAN) and not self.is_unconfirmed

    @property
    def is_over(self) -> bool:
        """Lifted, acknowledged, or past its last second."""
        ended = self.until is not None and self.until <= timezone.now()
        return bool(self.lifted_at or self.acknowledged_at or ended)

    def acknowledge(self) -> bool:
        """Its person has read it; whether that is new. The first time counts."""
        now = timezone.now()
        unread = Suspension.objects.filter(pk=self.pk, kind=self.Kind.WARN, acknowledged_at=None, lifted_at=None)
        self.acknowledged_at = self.acknowledged_at or now
        return bool(unread.update(acknowledged_at=now))

    @classmethod
    def holding(cls, address_hashes: Sequence[bytes], member_id: int | None = None) -> list["Suspension"]:
        """What holds now, on a member or on an address, the longest first. Asked at every post."""
        return sql.select(cls, _HOLDING, [member_id, list(address_hashes), timezone.now()])

    @classmethod
    def holding_on(cls, address: str) -> list["Suspension"]:
        """What holds now on an address, or on the member whose address it is; the longest first."""
        address = address.lower()
        values = [address, fingerprints("address", address), timezone.now()]
        return sql.select(cls, _HOLDING_ON_ADDRESS, values)


class Leaving(models.Model):
    """A member who leaves for good, from the moment they said so until all is done; then this row goes too.

    The account is closed and nameless by then. `address` is kept here for as long as the work takes: what else hangs
    on it is found by it.
    """

    member = models.OneToOneField(User, on_delete=models.CASCADE, related_name="leaving")
    address = models.EmailField()
    words_go = models.BooleanField(help_text="Comments and votes go too. Else they stay, without a name.")
    letters_go = models.BooleanField(help_text="The newsletters to this address end, too.")
    begun_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"leaving of member {self.member_id}"
