"""Discussions as people write them, made by dice: the same number and seed give the same comments, on every machine.

A little under half of all comments begin a conversation. An answer goes to something just said or, a little less
often, to where many have answered already, so a few conversations grow long. From a thousand comments on one
conversation is a long argument of `ARGUMENT` answers, so that the longest page of a small discussion is as long as
that of a large one, and what is compared is the size of the discussion alone.
"""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

BEGINS = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
SPAN_DAYS = 20
ARGUMENT = 250
DEEPEST = 5


def words(text: str) -> list[str]:
    return text.split()


GIVEN = words(
    """
Agnes Badr Cora Dario Edda Farid Gwen Hamid Ines Joost Katya Luan Maud Nuno Orla Pia Ravi Selma Tom Ute
"""
)
FAMILY = words(
    """
Alder Baker Castle Dyer Eaves Fisher Glover Holt Ivers Judd Kemp Lister Mason Nash Orchard Pryce
"""
)
WORDS = words(
    """
I you they we nobody everybody the a this that every our their one two last next again still never always often
maybe surely really hardly quite only just also because although unless while when where why how bridge market
square school harbour mill lamp street lane corner bench tree river bus stop ticket fare bill rent garden shop
bakery library desk vote meeting councillor mayor clerk minutes plan map figure budget loan tender crane lorry
noise dust light dark rain frost summer evening Tuesday Saturday morning hour minute year asked said wrote read
heard saw paid built closed opened moved promised forgot counted measured agreed doubt think know hope fear mean
want need would could should might will did does was were is are has have had not cheap dear safe slow quick
narrow wide old new empty full honest unfair clear vague small large half most few größer Fußweg crèche déjà £40
12% 3,000 No.7
"""
)
SITES = ("council.example/minutes", "maps.example/ward", "numbers.example/table", "press.example/item")


def comments(number: int, *, seed: int | str = 1) -> Iterator[dict]:
    """`{"id", "parent", "author", "created", "body"}` in the order of writing; `parent` is 0 for a beginning."""
    dice = random.Random(f"civic-bench-{seed}")
    people = People(dice, number)
    depth = [0] * (number + 1)
    answered: list[int] = []  # an id for each answer it has: many answers draw more
    argument = argued_in(number)
    for pk in range(1, number + 1):
        parent = argument_parent(dice, pk, argument) or usual_parent(dice, pk, depth, answered)
        if parent:
            depth[pk] = depth[parent] + 1
            answered.append(parent)
        at = BEGINS + timedelta(days=SPAN_DAYS) * (pk / number)
        yield comment(pk, parent, people.one(dice), at, text(dice))


def branch(number: int, under: int, first: int, *, seed: int = 2) -> Iterator[dict]:
    """`number` answers with ids from `first` on, all of them below the comment `under`; half of them directly."""
    dice = random.Random(f"civic-bench-branch-{seed}")
    people = People(dice, number)
    depth = {under: 0}
    for pk in range(first, first + number):
        recent = max(first, pk - 40)
        parent = dice.randrange(recent, pk) if pk > first and dice.random() < 0.5 else under
        parent = parent if depth[parent] < DEEPEST else under
        depth[pk] = depth[parent] + 1
        at = BEGINS + timedelta(days=SPAN_DAYS) * ((pk - first) / number)
        yield comment(pk, parent, people.one(dice), at, text(dice))


def argued_in(number: int) -> tuple[int, int]:
    """The comment that the long argument is about, and every how many comments somebody adds to it; (0, 0): none."""
    if number < 1_000:
        return 0, 0
    about = number // 10
    return about, max(1, (number - about) // ARGUMENT)


class People:
    """Few write much: the weight of the nth is 1 / (n + 2). Their number grows with the root of that of comments."""

    def __init__(self, dice: random.Random, comments: int) -> None:
        count = max(10, 5 * math.isqrt(comments))
        self.names = [f"{dice.choice(GIVEN)} {dice.choice(FAMILY)} {n}" for n in range(1, count + 1)]
        self.weights = []
        total = 0.0
        for n in range(1, count + 1):
            total += 1 / (n + 2)
            self.weights.append(total)

    def one(self, dice: random.Random) -> str:
        return dice.choices(self.names, cum_weights=self.weights)[0]


def argument_parent(dice: random.Random, pk: int, argument: tuple[int, int]) -> int:
    about, every = argument
    return about if about and pk > about and (pk - about) % every == 0 else 0


def usual_parent(dice: random.Random, pk: int, depth: list[int], answered: list[int]) -> int:
    if pk == 1 or dice.random() < 0.44:
        return 0
    for _ in range(6):
        parent = max(1, pk - 1 - int(dice.expovariate(0.1)))
        if answered and dice.random() < 0.4:
            parent = answered[dice.randrange(max(0, len(answered) - 400), len(answered))]
        if depth[parent] < DEEPEST and dice.random() < 0.8 ** depth[parent]:
            return parent
    return 0


def comment(pk: int, parent: int, author: str, at: datetime, body: str) -> dict:
    return {"id": pk, "parent": parent, "author": author, "created": at.isoformat(timespec="seconds"), "body": body}


def text(dice: random.Random) -> str:
    """One to a few paragraphs, 20 to 1,200 characters, most about 180; now and then a link, emphasis, a quotation."""
    wanted = min(1_150, max(20, int(dice.lognormvariate(5.15, 0.8))))
    paragraphs: list[list[str]] = [[]]
    length = 0
    while length < wanted:
        said = sentence(dice)
        if len(paragraphs[-1]) > 2 and dice.random() < 0.4:
            paragraphs.append([])
        paragraphs[-1].append(said)
        length += len(said) + 1
    if len(paragraphs) > 1 and dice.random() < 0.25:
        paragraphs[0].insert(0, ">")
    return "\n\n".join(" ".join(lines) for lines in paragraphs)[:1_200].rstrip()


def sentence(dice: random.Random) -> str:
    words = dice.choices(WORDS, k=dice.randint(4, 15))
    chance = dice.random()
    if chance < 0.02:
        words.append(f"https://{dice.choice(SITES)}/{dice.randrange(10_000)}")
    elif chance < 0.05:
        words[1] = f"*{words[1]}*"
    words[0] = words[0].capitalize()
    return " ".join(words) + dice.choice(".....?!")
