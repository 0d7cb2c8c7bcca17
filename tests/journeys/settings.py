"""The site's own settings, but for how long a letter about a decision waits whether the decision is undone."""

from civic.settings import *  # noqa: F403

DECISION_LETTER_SECONDS = 1
