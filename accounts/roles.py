"""Who may do what, as groups. The rest of the program asks here and never for a group's name.

What a group may do in the newsroom (Wagtail's permissions) is given by `manage.py setup`.
"""

from django.db import connection, models


class Role(models.TextChoices):
    WRITER = "Writers"
    EDITOR = "Editors"
    MODERATOR = "Moderators"
    NEWSLETTER_EDITOR = "Newsletter editors"
    ADMIN = "Admins"


# The newsroom's rooms are not the desk's: a moderator need not be an editor.
NEWSROOM = {Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR, Role.ADMIN}
DESK = {Role.MODERATOR, Role.ADMIN}

# Who may decide about whom: only those above. An editor is as high as a moderator; neither judges the other.
_RANKS = {Role.ADMIN: 3, Role.MODERATOR: 2, Role.EDITOR: 2, Role.NEWSLETTER_EDITOR: 1, Role.WRITER: 1}

_GROUPS = """
SELECT name FROM auth_group JOIN accounts_user_groups ON group_id = auth_group.id WHERE user_id = %s
"""


def at_the_desk() -> models.Q:
    """Selects the members who moderate."""
    return models.Q(groups__name__in=DESK)


def roles_of(user) -> frozenset[str]:
    """The roles of a user, asked once and remembered on the object. Nobody has roles while inactive."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        with connection.cursor() as cursor:  # by hand: whoever is signed in, it is asked at every request
            cursor.execute(_GROUPS, [user.pk])
            user._roles = frozenset(name for (name,) in cursor.fetchall())
    return user._roles


def is_moderator(user) -> bool:
    return bool(DESK & roles_of(user))


def is_admin(user) -> bool:
    """Somebody who runs the site."""
    return Role.ADMIN in roles_of(user)


def may_enter_newsroom(user) -> bool:
    return bool(NEWSROOM & roles_of(user))


def is_staff(user) -> bool:
    """Somebody who works here, in any role."""
    return bool(roles_of(user))


def as_high_as(rank: int) -> models.Q:
    """Selects the members who work here and stand as high as that, or higher (`rank_of`)."""
    names = [role for role, height in _RANKS.items() if height >= rank]
    return models.Q(groups__name__in=names) | models.Q(is_superuser=True)


def rank_of(user) -> int:
    """How high somebody stands in the house: 0 for a reader, 4 for whoever may do everything."""
    if user.is_superuser and user.is_active:
        return 4
    return max((_RANKS.get(Role(name), 0) for name in roles_of(user) if name in Role), default=0)
