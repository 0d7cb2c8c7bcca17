"""All settings, read from the environment. `docs/configuration.md` lists what an operator may set.

With nothing set, debug is off and a missing secret key stops the start; `bin/run` sets what a laptop needs.
"""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from civic.lib import connections, env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

# --- who we are -----------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.required("SECRET_KEY", "sessions are signed with it. Give a long random text, or run bin/run")
# Signs what stands in letters and hashes what we only recognise. Apart from SECRET_KEY, so that changing
# that one does not break the "leave" link in an old letter.
HASH_KEY = env.required("HASH_KEY", "links in letters are signed with it. Give a long random text, or run bin/run")
HASH_KEY_FALLBACKS = env.words("HASH_KEY_FALLBACKS")

SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in ("http", "https") or not _site.netloc:
    raise env.Misconfigured("SITE_URL must look like https://paper.example")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [_site.hostname]
if DEBUG:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)  # how many proxies in front add to X-Forwarded-For

# --- what is installed ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "civic",
    "accounts",
    "notifications",
    "comments",
    "moderation",
    "articles",
    "newsletter",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",  # nobody may use it, but Wagtail's own templates ask for its addresses
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "civic.middleware.CompressedPages",  # around all: whatever is not packed yet when it leaves
    "civic.pages.KeptPages",  # before the rest: a kept page comes out with the headers that all the others gave it
    "django.middleware.security.SecurityMiddleware",
    "civic.middleware.ContentPolicy",
    "civic.api.ApiAnswers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civic.middleware.PrivatePages",
    "civic.middleware.SiteClock",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "civic.middleware.SameSitePosts",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "civic.middleware.RefusalPages",
]

ROOT_URLCONF = "civic.urls"
JOBS_URLCONF = "civic.public_urls"  # what jobs can link to
WSGI_APPLICATION = "civic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "civic.context.paper",
            ],
        },
    },
    {
        # For the comment list alone: 50 comments cost 11 ms in Django templates and under 1 ms here.
        "NAME": "jinja",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "civic.lib.jinja.environment", "autoescape": True},
    },
]

# --- where things are kept ------------------------------------------------------------------------

DATABASES = {
    "default": connections.database(
        env.required("DATABASE_URL", "Civic needs PostgreSQL 15 or newer. bin/run brings one along"),
        pool_size=env.number("DATABASE_POOL", 0),
    )
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # after a restart of PostgreSQL nobody meets a dead connection
CACHES = {
    "default": connections.cache(env.text("CACHE_URL")),  # what processes share
    # Parts of pages that are the same for everybody, in the memory of each process: `{% cache %}` in templates, keyed
    # by the versions of what they show and kept for a day at most, or a minute where a version does not tell all. About
    # 5 KB each.
    "parts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "parts",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
# Public pages in the memory of each web process, see civic/pages.py. An article with fifty comments takes about 14 KB
# there, so this holds two thousand pages: more than a local paper's readers open in an hour. 0 keeps none.
PAGES_BYTES = env.number("PAGES_MEGABYTES", 32) * 1_000_000
CDN_SECONDS = env.number("CDN_SECONDS", 0)  # how long a network in front may answer by itself

MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or VAR_DIR / "media")
MEDIA_URL = "/media/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or VAR_DIR / "static")
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "civic" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "civic.lib.staticfiles.Storage"},
}

# --- letters --------------------------------------------------------------------------------------

OUTBOX_DIR = VAR_DIR / "outbox"  # letters as files, shown at /outbox/ in debug
EMAIL_URL = env.text("EMAIL_URL", "smtp://localhost:25?tls=0")
globals().update(connections.email(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"paper@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# What comes back from newsletters goes to b+<token>@ the domain of this address: see newsletter/verp.py.
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", f"bounces@{_site.hostname}")
if not all(BOUNCE_ADDRESS.rpartition("@")) or not BOUNCE_ADDRESS.isascii():
    raise env.Misconfigured("BOUNCE_ADDRESS must look like bounces@paper.example, a foreign domain in its xn-- form")

# Signing letters ourselves, where the mail server does not: see newsletter/dkim.py.
DKIM_KEY = env.text("DKIM_KEY")
DKIM_SELECTOR = env.text("DKIM_SELECTOR", "civic")

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds: "they work for ten minutes"
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}  # why enough: accounts/adapter.py
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
ACCOUNT_CHANGE_EMAIL = True  # one address for each member; a new one replaces it once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the old address hears of it
# Letters to one address, and from one network address; "key" is the address written to.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,100/h/ip,3/m/key,20/d/key",
    "confirm_email": "1/10s/key,20/d/key",
    "signup": "20/m/ip,60/h/ip",
}
ACCOUNT_FORMS = {
    "login": "accounts.signing_in.SignInForm",
    "signup": "accounts.signing_in.OpenAccountForm",
    "add_email": "accounts.signing_in.ChangeAddressForm",
    "confirm_login_code": "accounts.signing_in.SignInCodeForm",
    "confirm_email_verification_code": "accounts.signing_in.AddressCodeForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PRESERVE_USERNAME_CASING = False

SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # never a cookie of its own

# --- the wire -------------------------------------------------------------------------------------

SECURE_SITE = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SITE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE_SITE and not DEBUG else 0
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "civic.views.send_again"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows a draft in a frame; the content policy forbids all others
# W003: SameSitePosts is a CsrfViewMiddleware. W004: the address is unique without case, by a constraint.
SILENCED_SYSTEM_CHECKS = ["security.W003", "auth.W004"]

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"  # what is stored; pages speak the zone of SiteSettings
USE_TZ = True
USE_I18N = True

# --- forms ----------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = ("civic",)
CRISPY_TEMPLATE_PACK = "civic"
CRISPY_FAIL_SILENTLY = DEBUG is False

# --- the newsroom ---------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "The newsroom"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "articles.Picture"
WAGTAIL_ENABLE_UPDATE_CHECK = False  # would call wagtail.org
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # would call gravatar.com
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_AUTOSAVE_INTERVAL = 3000  # milliseconds
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime", "Factory"})  # browsers know neither
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
TAGGIT_CASE_INSENSITIVE = True

# --- work in the background -----------------------------------------------------------------------

PROCRASTINATE_IMPORT_PATHS = [
    "civic.lib.housekeeping",
    "accounts.leaving",
    "comments.notices",
    "comments.housekeeping",
    "comments.leaving",
    "comments.ranking",
    "moderation.appeal_letters",
    "moderation.appeals",
    "moderation.counting",
    "moderation.desk_letters",
    "moderation.learning",
    "moderation.leavers",
    "moderation.notices",
    "moderation.policies",
    "moderation.replaying",
    "moderation.report_letters",
    "moderation.report_jobs",
    "moderation.standing_letters",
    "moderation.retention",
    "articles.jobs",
    "newsletter.jobs",
    "newsletter.approving",
    "newsletter.digests",
    "newsletter.folding",
    "newsletter.sending",
]

# --- numbers with meaning -------------------------------------------------------------------------

COMMENT_MAX_LENGTH = 20_000  # characters; about ten printed pages, far beyond any comment worth reading
COMMENT_MAX_DEPTH = 6  # levels drawn; deeper replies stay at the last and say whom they answer
COMMENTS_PER_PAGE = 50  # as many as one reads before a pause; whole conversations, so that it may be some more
ANSWERS_PER_ROOT = 12  # shown under a conversation before "show more": the start, not the quarrel at its end
ANSWERS_PER_PAGE = 50  # on a page that is about one comment
SIBLINGS_NEAR = 2  # before and after a comment on its own page
BEST_FROM_VOTES = 20  # from here on "best" is the order that a discussion opens in
COMMENT_CONFIRM_DAYS = 7  # an address that nobody confirms, and what was written with it, is erased
COMMENT_ORIGIN_DAYS = 30  # how long a hashed address prefix is kept, and what a text is known again by
# Withdrawn words are kept so long for moderators only: taking them back must not hide a threat before a report of it is
# read. As long as the origin, with which they would be traced. The page that withdraws says so, and the one on privacy.
COMMENT_WITHDRAWN_DAYS = 30
COMMENT_PACE_SECONDS = 10  # between two comments of the same writer, where a space says nothing else
CLAIM_SECONDS = 180  # somebody who looks at a comment keeps others from it for so long; the open page renews it
BATCH_AT_MOST = 500  # comments decided by one press: about as many as can be looked through
UNDO_DAYS = 30  # a decision is taken back by one press for so long; afterwards it is decided afresh, or appealed
APPEAL_DAYS = 14  # in which an author may ask somebody else to look at a decision again
BANS_NEED_TWO = env.flag("BANS_NEED_TWO", default=True)  # until a second moderator confirms, comments are read first
# Refused and removed words are kept so long, for appeals, courts and bodies that settle disputes; then erased. What was
# decided stays. An operator may have to keep to another number: see docs/configuration.md.
REFUSED_TEXT_DAYS = env.number("REFUSED_TEXT_DAYS", 180)
if REFUSED_TEXT_DAYS <= UNDO_DAYS:
    raise env.Misconfigured(f"REFUSED_TEXT_DAYS must be more than {UNDO_DAYS}: for so long a decision can be undone")
DECISION_LETTER_SECONDS = 20  # the author's letter waits so long: a slip that is undone at once writes no letter
# Long enough to mend what one sees only once it stands there; too short for a thread to be turned into another one.
COMMENT_EDIT_MINUTES = 15
COMMENT_EDITS_PER_HOUR = 30  # by one writer: typing errors are human, an endless stream of versions is not
PREVIEWS_PER_MINUTE = 60  # by one member, or by all guests of one address prefix
FOLLOW_PACE_MINUTES = 10  # between two letters about one discussion: the first comes at once, the rest in the next
FOLLOW_LETTER_TRIES = 8  # over some three days, each pause twice the last; then the address is left alone
VISIT_MINUTES = 30  # away for longer, and it is another visit: what came meanwhile is marked as new
DAILY_LETTER_HOUR = 7  # by the clock of the site: before work, on the way
COMMENTS_PER_PREFIX_HOUR = 60  # a school or an office shares a prefix: generous, yet no flood
QUESTIONS_AN_HOUR = 10  # "post it as it is?", of one member; whoever is asked more often tries out what is noticed
QUESTIONS_PER_PREFIX_HOUR = 30  # of the guests of a network
# Proof of work, where a space asks for it: hashes at most, half as many at least. A third of a second on a laptop,
# a few on an old telephone, while somebody types; a program that posts a thousand comments so works for minutes.
PROOF_STEPS = 1_000_000
PROOF_MINUTES = 20  # until it is worth nothing; a browser gets another one while its reader types on
PROOFS_AN_HOUR = 60  # of one member; each costs a hash and a row of limits
PROOFS_PER_PREFIX_HOUR = 300  # of all guests of a network
CONFIRM_LETTERS_PER_PREFIX_HOUR = 20
CONFIRM_LETTER_PAUSE_MINUTES = 10  # at most one confirmation letter to an address in this time …
CONFIRM_LETTERS_A_DAY = 3  # … and this many a day
# Reports: somebody new weighs 1, nobody more than 2 (moderation/weighing.py). So it takes three strangers, or two whose
# reports have mostly been right, to take a comment off the page until a moderator has read it; never one alone.
REPORTS_HOLD_WEIGHT = 3.0
REPORTS_A_DAY = 20  # by one person: a reader of a long quarrel may find so many; more is a campaign or a program
REPORTS_PER_PREFIX_HOUR = 30  # a school or an office shares a prefix
REPORT_MAX_LENGTH = 2_000  # characters: a page, enough for a reason
# Then the words of a report, and the name and address of whoever sent a notice, are forgotten: a complaint about the
# decision may come for six months (Digital Services Act, Article 20).
REPORT_WORDS_DAYS = 180
# To each moderator, about threats and children; the desk says the rest. Fewer from one network: nobody can use up all.
URGENT_LETTERS_PER_HOUR = 6
URGENT_LETTERS_PER_PREFIX_HOUR = 2
MODERATION_LATE_MINUTES = 120  # moderators get a letter when the oldest held comment waits longer
SIGNUP_CONFIRM_DAYS = 7
# Who takes the letters of an issue: a mail server (EMAIL_URL), or the API of a provider, see newsletter/provider.py.
NEWSLETTER_TRANSPORT = env.text("NEWSLETTER_TRANSPORT", "smtp")
ANYMAIL_BACKEND = env.text("ANYMAIL_BACKEND")
ANYMAIL = env.pairs("ANYMAIL") | {"DEBUG_API_REQUESTS": False}
if NEWSLETTER_TRANSPORT not in ("smtp", "anymail"):
    raise env.Misconfigured(f"NEWSLETTER_TRANSPORT must be smtp or anymail, not {NEWSLETTER_TRANSPORT!r}")
if NEWSLETTER_TRANSPORT == "anymail":
    if not ANYMAIL_BACKEND:
        raise env.Misconfigured("ANYMAIL_BACKEND is not set: for NEWSLETTER_TRANSPORT=anymail name a provider")
    if "." not in ANYMAIL_BACKEND:
        ANYMAIL_BACKEND = f"anymail.backends.{ANYMAIL_BACKEND}.EmailBackend"
    INSTALLED_APPS.append("anymail")
# Letters of an issue a minute, to everybody together. 0: as fast as the mail server takes them.
NEWSLETTER_PER_MINUTE = env.number("NEWSLETTER_PER_MINUTE", 0)
# The same for single domains: "gmail.com=600 gmx.net=200". Big providers slow down whoever writes to them all at once.
NEWSLETTER_DOMAINS_PER_MINUTE = env.numbers("NEWSLETTER_DOMAINS_PER_MINUTE")
NEWSLETTER_CONNECTIONS = env.number("NEWSLETTER_CONNECTIONS", 2, least=1)  # to the mail server, for each issue

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"no_tokens": {"()": "civic.lib.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_tokens"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "procrastinate": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_tasks": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "wagtail": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
