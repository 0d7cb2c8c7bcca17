"""What the crispy pack `civic` (templates/civic/) asks about a field."""

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

# Widgets whose inputs stand before their label, each in a row of its own.
_CHOSEN_BY_DOT = {"radioselect", "checkboxselectmultiple"}


@register.filter
def shape(field: BoundField) -> str:
    """How a field is drawn: `hidden`, `choice` (one box), `choices` (several), or `input`."""
    widget = field.widget_type
    if field.is_hidden:
        return "hidden"
    if widget == "checkbox":
        return "choice"
    return "choices" if widget in _CHOSEN_BY_DOT else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """The field's widget with the class `input`, besides those of its own; files and boxes go without."""
    if shape(field) != "input" or field.widget_type in ("file", "clearablefile"):
        return field.as_widget()
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"input {own}".strip()})


@register.filter
def mistakes(form) -> list[tuple[str, str, str]]:
    """What is to be mended, as (id of the field or "", its label or "", message), in the order of the form."""
    found = [("", "", message) for message in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else field.id_for_label or field.auto_id
        label = "" if field.is_hidden else field.label
        found += [(target, label, message) for message in field.errors]
    return found
