"""One small file per signal. Each takes the draft and gives the signals it sees; none knows of another."""

from screening.draft import Draft, Signal
from screening.signals import disguise, links, newcomer, phrases, shouting, standing

CHECKS = (phrases.look, disguise.look, links.look, shouting.look, standing.look, newcomer.look)


def all_signals(draft: Draft) -> list[Signal]:
    return [signal for look in CHECKS for signal in look(draft)]
