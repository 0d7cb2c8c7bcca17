"""Domains of services that give away addresses for ten minutes: one list for everybody who asks."""


def is_disposable(domain: str) -> bool:
    """Whether mail to this domain is thrown away soon: it, or one it is a part of, is on the list."""
    from disposable_email_domains import blocklist  # a megabyte, for those who ask

    labels = domain.lower().rstrip(".").split(".")[-8:]
    return any(".".join(labels[first:]) in blocklist for first in range(len(labels) - 1))
