"""Gate, then every signal, then the policy. No check stops another: whoever decides sees all reasons."""

from screening import gate, policy
from screening.draft import Draft, Verdict
from screening.signals import all_signals


def screen(draft: Draft) -> Verdict:
    """The verdict on a draft: `publish`, `hold` for a moderator, or `refuse` at the gate. Never raises."""
    if refusal := gate.refuses(draft):
        return Verdict("refuse", (refusal,), (refusal.evidence,), refusal.rule, 0, draft.policy.version)
    signals, unknown = all_signals(draft)
    return policy.judge(draft, signals, unknown)
