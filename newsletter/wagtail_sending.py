"""The newsroom's pages about letters that go out. Imported by `newsletter.wagtail_hooks`."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter import sending_urls


class SendingItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.change_issue")


@hooks.register("register_admin_urls")
def pages_of_sending() -> list:
    return [path("", include(sending_urls))]


@hooks.register("register_admin_menu_item")
def sending_in_the_menu() -> MenuItem:
    return SendingItem("On their way", reverse("newsletter_sending"), name="sending", icon_name="resubmit", order=26)


@hooks.register("insert_global_admin_css")
def looks_of_sending() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("newsroom-sending.css"))
