"""How often something may be done: exact, shared by all processes, and without a personal datum."""

from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from civic.lib.tokens import fingerprint


class Allowance(models.Model):
    """A running count. `key` is a keyed hash of what is counted, so an address is never stored for a limit."""

    key = models.BinaryField(primary_key=True, max_length=16)
    used = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "civic"


_TAKE = """
INSERT INTO civic_allowance AS a (key, used, until) VALUES (%(key)s, 1, %(now)s + %(window)s)
ON CONFLICT (key) DO UPDATE SET
    used = CASE WHEN a.until <= %(now)s THEN 1 ELSE a.used + 1 END,
    until = CASE WHEN a.until <= %(now)s THEN EXCLUDED.until ELSE a.until END
RETURNING used, until
"""


def take(what: str, who: str | bytes, *, times: int, within: timedelta) -> int:
    """Count one more `what` by `who`. Returns 0 when it is allowed, else the seconds until it is again.

    A window begins with the first use and holds `times` uses. One statement, so that two at once cannot both
    be the last one. `who` may be an address: only a keyed hash of it is kept.
    """
    who = who.hex() if isinstance(who, bytes) else who
    now = timezone.now()
    with connection.cursor() as cursor:
        values = {"key": fingerprint("limit", f"{what}\0{who}"), "now": now, "window": within}
        cursor.execute(_TAKE, values)
        used, until = cursor.fetchone()
    return 0 if used <= times else max(1, round((until - now).total_seconds()))


def forget_past() -> int:
    """Erase counts whose window is over; how many. Leaves out those that somebody is just using: they would wait for
    each other."""
    with transaction.atomic():
        past = Allowance.objects.select_for_update(skip_locked=True).filter(until__lt=timezone.now())
        return Allowance.objects.filter(key__in=list(past.values_list("key", flat=True))).delete()[0]
