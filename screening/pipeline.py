"""Gate, then every signal, then the policy. No check stops another: whoever decides sees all reasons."""

from dataclasses import replace

from screening import gate, policy
from screening.draft import Draft, Signal, Verdict
from screening.model import HEADS
from screening.signals import all_signals
from screening.signals.likeness import said_by


def screen(draft: Draft) -> Verdict:
    """The verdict on a draft: `publish`, `hold` for a moderator, or `refuse` at the gate. Never raises."""
    if refusal := gate.refuses(draft):
        return Verdict("refuse", (refusal,), (refusal.evidence,), refusal.rule, 0, draft.policy.version)
    signals, unknown = all_signals(draft)
    verdict = replace(policy.judge(draft, signals, unknown), trust=draft.trust)
    if draft.is_control:
        return replace(verdict, is_control=True)
    if draft.model is None:
        return verdict
    return replace(verdict, unremarkable=_unremarkable(draft, verdict), model=draft.model.version)


def _unremarkable(draft: Draft, verdict: Verdict) -> tuple[Signal, ...]:
    if not set(HEADS).isdisjoint(verdict.unknown):
        return ()  # it failed once
    noticed = {signal.rule for signal in verdict.signals}
    return tuple(signal for signal in said_by(draft) if signal.rule not in noticed)
