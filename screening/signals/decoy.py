"""A link whose words name one site and which leads to another: `[bank.example](https://evil.example)`."""

from screening.addresses import host_of, is_same_site, named_links, said_host
from screening.disguise import as_seen
from screening.draft import Draft, Signal

SCORE = 0.9


def look(draft: Draft) -> list[Signal]:
    for words, address, span in named_links(draft.text):
        said, target = said_host(words), host_of(address)
        if not said:
            said, target = said_host(as_seen(words)), host_of(as_seen(address))
        if said and target and not is_same_site(said, target):
            return [Signal("decoy", SCORE, "a link that leads elsewhere than its words say", span)]
    return []
