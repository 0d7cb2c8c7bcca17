"""An address of a service that gives away addresses for ten minutes."""

from civic.lib.disposable import is_disposable
from screening.draft import Draft, NotKnown, Signal

OF_NEWCOMER, OF_OTHERS = 0.6, 0.3  # whose comments have stood may have reasons of their own to use one


def look(draft: Draft) -> list[Signal]:
    if draft.email_domain is None:
        raise NotKnown
    if not is_disposable(draft.email_domain):
        return []
    return [Signal("address", OF_OTHERS if draft.trust.published else OF_NEWCOMER, "a throw-away e-mail address")]
