"""What was said around a new text: others that are nearly the same, and who else writes from where it comes from."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from civic.lib.origin import own_prefix_hashes
from comments.models import Comment, Thread
from comments.models.fingerprints import NUMBERS, numbers_of
from comments.writers import Writer
from screening import Neighbour
from screening.fingerprints import ALIKE

# Within this time several people from one network are a crowd. Prefixes are shared by an office or a village.
CROWD_MINUTES = 30

# A text too short to be known again is looked for among the writer's own of the last day, to the letter.
SHORT_TEXT_HOURS = 24

MOST_NEIGHBOURS = 20  # told of; beyond that it is one flood
_OF_A_BAND = 50  # the newest, looked at: however many copies there are
_OF_A_NETWORK = 200  # the same


@dataclass(frozen=True)
class Surroundings:
    """As `screening.Draft` wants to know them: None is not known."""

    neighbours: tuple[Neighbour, ...] | None
    same_origin: int | None


# Asked at each post: one statement, by hand. What nobody but its writer has seen counts for nobody, lest somebody
# stops others by typing their words, or from their network, under addresses that are not confirmed.
_AROUND = f"""
WITH candidates AS (
    {
    " UNION ".join(
        f"(SELECT comment_id, bits FROM comments_fingerprint WHERE band_{n} = %(band_{n})s"
        f" ORDER BY comment_id DESC LIMIT {_OF_A_BAND})"
        for n in range(1, 5)
    )
}
), alike AS (
    SELECT bit_count((bits # %(bits)s)::bit(64))::int AS distance, COALESCE({{writer}}, false) AS is_own,
           state IN ('refused', 'removed') AS is_gone
    FROM candidates JOIN comments_comment ON id = comment_id
    WHERE bit_count((bits # %(bits)s)::bit(64)) <= {ALIKE} AND state NOT IN ('unconfirmed', 'withdrawn')
      AND id IS DISTINCT FROM %(comment)s
    ORDER BY id DESC LIMIT {MOST_NEIGHBOURS}
), same_words AS (
    SELECT 0 AS distance, true AS is_own, state IN ('refused', 'removed') AS is_gone
    FROM comments_comment
    WHERE {{writer}} AND created_at > %(since)s - interval '{SHORT_TEXT_HOURS} hours' AND body = %(short)s
      AND state NOT IN ('unconfirmed', 'withdrawn') AND id IS DISTINCT FROM %(comment)s
    LIMIT {MOST_NEIGHBOURS}
), whence AS (
    SELECT COALESCE(
        %(prefix)s::bytea, (SELECT prefix_hash FROM comments_commentorigin WHERE comment_id = %(comment)s)
    ) AS prefix
), crowd AS (
    SELECT count(DISTINCT COALESCE(member_id::text, lower(email))) AS people
    FROM (
        SELECT comment_id FROM comments_commentorigin
        WHERE prefix_hash = (SELECT prefix FROM whence) AND prefix_hash != ALL(%(own)s)
          AND made_at BETWEEN %(since)s AND %(until)s
        ORDER BY made_at DESC LIMIT {_OF_A_NETWORK}
    ) AS near
    JOIN comments_comment ON comments_comment.id = comment_id
    LEFT JOIN comments_guest ON comments_guest.id = guest_id
    WHERE thread_id = %(thread)s AND state NOT IN ('unconfirmed', 'withdrawn')
      AND COALESCE(member_id::text, lower(email)) != %(person)s
)
SELECT CASE WHEN prefix IS NOT NULL THEN people END, distance, is_own, is_gone
FROM whence CROSS JOIN crowd LEFT JOIN (SELECT * FROM alike UNION ALL SELECT * FROM same_words) AS found ON true
"""  # noqa: S608 - our own words


def around(
    thread: Thread, writer: Writer, text: str, *, prefix: bytes | None = None, comment: Comment | None = None
) -> Surroundings:
    """Look around a text, before it is kept or, with `comment`, afterwards. One query.

    `prefix` is the hash of the network it is sent from; where it is not given, the one kept with the comment counts.
    """
    numbers = numbers_of(text)
    at = comment.created_at if comment else timezone.now()
    crowd = timedelta(minutes=CROWD_MINUTES)
    whose, who = writer.selects
    values = {
        "short": None if numbers else text,
        **(numbers or dict.fromkeys(NUMBERS)),
        "writer": who,
        "comment": comment and comment.pk,
        "prefix": prefix,
        "own": own_prefix_hashes(),
        "since": at - crowd,
        "until": at + crowd,
        "thread": thread.pk,
        "person": writer.person,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND.format(writer=whose), values)
        rows = cursor.fetchall()
    found = tuple(Neighbour(distance, own, gone) for _, distance, own, gone in rows if distance is not None)
    return Surroundings(found, rows[0][0])
