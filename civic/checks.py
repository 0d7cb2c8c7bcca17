"""What production needs besides a settings file that loads: `manage.py check --deploy` asks."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from newsletter import dkim


@register(Tags.security, deploy=True)
def keys_are_long(app_configs, **kwargs) -> list[Error]:
    return [
        Error(f"{name} has fewer than 32 characters.", hint="Take a long random text.", id=f"civic.E00{number}")
        for number, name in enumerate(("SECRET_KEY", "HASH_KEY"), start=1)
        if len(getattr(settings, name)) < 32
    ]


@register(Tags.security, deploy=True)
def keys_differ(app_configs, **kwargs) -> list[Error]:
    if settings.SECRET_KEY != settings.HASH_KEY:
        return []
    hint = "SECRET_KEY may change at any time, HASH_KEY signs links that must last."
    return [Error("SECRET_KEY and HASH_KEY are the same.", hint=hint, id="civic.E003")]


@register(deploy=True)
def letters_leave(app_configs, **kwargs) -> list[Warning]:
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return []
    return [Warning("Letters are kept here and not sent.", hint="Set EMAIL_URL=smtp://…", id="civic.W004")]


@register(deploy=True)
def address_is_public(app_configs, **kwargs) -> list[Warning]:
    if settings.SECURE_SITE:
        return []
    return [Warning("SITE_URL is not https.", hint="Links in letters begin with it.", id="civic.W005")]


@register(deploy=True)
def letters_can_be_signed(app_configs, **kwargs) -> list[Error]:
    try:
        dkim.signer()
    except dkim.BadKey as error:
        return [Error(f"DKIM_KEY: {error}.", hint="openssl genrsa 2048 makes one.", id="civic.E006")]
    return []
