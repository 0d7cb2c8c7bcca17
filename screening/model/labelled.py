"""Labelled comments from CSV files, as the prior is trained on: `spam_train.csv`, `toxicity_train.csv` and
`identity_sentences_train.csv` of one folder. `docs/screening-model.md` says what they are and under which licences."""

import csv
from collections.abc import Iterator
from pathlib import Path

from screening.addresses import LINK
from screening.fingerprints import Fingerprint, fingerprint
from screening.model.people import GROUP
from screening.model.training import Example

OF_CIVIL = {"weight": 0.1, "is_usual": False}  # they were chosen for being hard to judge
MADE_WEIGHT = 0.3  # of a sentence made by a machine
NEWS_WEIGHT = 0.1  # of a news comment that is no spam
LINKING_WEIGHT = 0.15  # of one with a link in it
NEWS = 1_500  # of them
NEIGHBOURLY_WEIGHT = 2.0
OWN_WEIGHT = 3.0  # of one of our own sentences: few, and each stands for all groups of people
LONGEST = 10_000_000  # characters of a field
NEAR = 6  # bits in which the fingerprints of near duplicates differ at most

# Harmless things that are said of groups of people. Ours; with the names they would be thousands.
HARMLESS = f"""
a {GROUP} family moved in next door
the {GROUP} club meets every monday evening
my brother is {GROUP}
my best friend is {GROUP} and i am proud of her
i am proud to be {GROUP}
i am {GROUP}
we are {GROUP}
they are {GROUP}
you are {GROUP}
he is {GROUP} and so is his wife
{GROUP} citizens have the same rights as everybody else
i grew up in a {GROUP} household
thank you to the {GROUP} volunteers who helped
the new mayor is {GROUP}
we talked to {GROUP} students about their school
most of my friends are {GROUP}
{GROUP} history month begins today
the film is about a {GROUP} woman and her daughter
{GROUP} voters matter too
is there a {GROUP} group in town
a {GROUP} doctor helped me last year
the {GROUP} minority is often forgotten in this debate
being {GROUP} is nothing to be ashamed of
as a {GROUP} person i read this with interest
the {GROUP} community opens a new centre
how many {GROUP} people live here
a {GROUP} couple adopted the child
{GROUP} and {GROUP} neighbours cooked together
{GROUP} people pay taxes like anybody else
the author is a {GROUP} man from the coast
der neue nachbar ist {GROUP}
ich bin {GROUP}
eine {GROUP} familie ist nebenan eingezogen
viele {GROUP} leben hier seit jahren
die {GROUP} gemeinde feiert am samstag
wir sind {GROUP} und stolz darauf
"""


# Readers who give their source. Videos are discussed without links, and a newspaper is not.
SOURCES = """
it stands at https://larkford.example/minutes
the minutes are here: https://council.example/2026/minutes.pdf
see https://statistics.example/traffic for the numbers of last year
the law says otherwise, see https://www.laws.example/act/12
according to https://news.example/story/41 the vote was postponed
here is the report that the article mentions: http://www.university.example/report
you can read it yourself at www.county.example/budget
that is not what the study found (https://journal.example/10.1000/182)
the map on https://maps.example/larkford shows where the path was
we had this debate in 2019 already, https://larkford.example/2019/03/bridge
das steht im protokoll: https://stadt.example/rat/protokoll.pdf
hier die zahlen vom amt: https://statistik.example/verkehr
laut https://zeitung.example/bericht wurde die abstimmung verschoben
im gesetz steht es anders, siehe https://gesetze.example/para12
"""


class NotLabelled(ValueError):
    """A file that nothing can be learned from; says in words what is wrong with it."""


# Readers who ask something of others, as neighbours do and advertisers, too.
NEIGHBOURLY = """
👍
🙏 thank you
please share this with the council
please share this with your neighbours before thursday
please read the minutes before you answer
everyone should check out the exhibition in the town hall
check the opening hours first, they have changed
come to the meeting on tuesday, everybody is welcome
come and listen on sunday, the concert is free
our choir sings in the church on friday, entrance is free
the coffee after the service is free for all
i will go to the hearing and you should come, too
visit the museum while it is still open
you can watch the session of the council from the gallery
follow the signs to the car park
i have followed this debate for ten years
our sports club looks for volunteers, please call the office
my page in the petition book is full
my video of the flood was used in this report
the money should go to the schools
who pays for all this free parking?
they want to earn money with our water
cheap housing is what we need, not offices
prices at the market have doubled since last year
i bought my ticket at the machine and it was cheaper
i like this article, thank you
like if the mayor listened for once
guys, please stay on the subject
please everyone, read before you write
subscribe to the paper if you want it to survive
the school needs a new website
my daughter has won the swimming competition
our shop had to close because of the works
the library has a facebook page with the dates
call the office of the mayor and ask
bitte teilt das mit euren nachbarn
bitte kommt am dienstag zur sitzung, der eintritt ist frei
schaut euch die ausstellung im rathaus an
der kaffee nach dem gottesdienst ist kostenlos
unser chor singt am freitag in der kirche
das geld sollte in die schulen fließen
wer bezahlt die kostenlosen parkplätze?
billige wohnungen brauchen wir, keine büros
die preise auf dem markt haben sich verdoppelt
ich folge dieser debatte seit jahren
unser laden musste wegen der baustelle schließen
die seite der stadt ist nicht erreichbar
unser verein sucht helfer, bitte meldet euch im büro
"""


def rows(file: Path) -> Iterator[dict[str, str]]:
    """Raises `NotLabelled`; `KeyError` where a column is missing."""
    label, kinds = "spam" if file.name.startswith("spam") else "toxic", set()
    csv.field_size_limit(LONGEST)
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            if row["text"] is None or row[label] not in ("0", "1"):
                raise NotLabelled(f"{file}, line {reader.line_num}: {label} is neither 0 nor 1, or there is no text")
            kinds.add(row[label])
            yield row
    if len(kinds) < 2:
        raise NotLabelled(f"{file} does not hold both kinds, 0 and 1")


def spam_in(folder: Path, *, video: str = "", without: str = "") -> list[Example]:
    """Comments below videos, near duplicates left out; of one video, or `without` one."""
    kept: list[Example] = []
    seen: list[Fingerprint] = []
    texts: set[str] = set()
    for row in rows(folder / "spam_train.csv"):
        plain = "".join(filter(str.isalnum, row["text"].lower()))
        own = fingerprint(row["text"])
        if plain in texts or (own is not None and any(own.distance(other) <= NEAR for other in seen)):
            continue
        texts.add(plain)
        seen += [] if own is None else [own]
        if (not video or row["video"] == video) and row["video"] != without:
            kept.append(Example(row["text"], row["spam"] == "1"))
    return kept


def news_in(folder: Path) -> list[Example]:
    """Comments on news, rude or not, that are no spam."""
    civil = [row["text"] for row in rows(folder / "toxicity_train.csv") if row["source"] == "civil"]
    plain, linking = [], []
    for text in civil:
        (linking if LINK.search(text) else plain).append(text)
    some = [Example(text, False, weight=NEWS_WEIGHT) for text in plain[:: max(1, len(plain) // NEWS)]]
    own = [Example(line, False, weight=LINKING_WEIGHT) for line in SOURCES.split("\n") if line]
    own += [Example(line, False, weight=NEIGHBOURLY_WEIGHT) for line in NEIGHBOURLY.split("\n") if line]
    return some + [Example(text, False, weight=LINKING_WEIGHT) for text in linking] + own


def incivility_in(folder: Path) -> list[Example]:
    labelled = [
        Example(row["text"], row["toxic"] == "1", **(OF_CIVIL if row["source"] == "civil" else {}))
        for row in rows(folder / "toxicity_train.csv")
    ]
    made = [
        Example(row["text"], row["toxic"] == "1", weight=MADE_WEIGHT, is_usual=False)
        for row in rows(folder / "identity_sentences_train.csv")
    ]
    own = [Example(line, False, weight=OWN_WEIGHT, is_usual=False) for line in HARMLESS.split("\n") if line]
    return labelled + made + own
