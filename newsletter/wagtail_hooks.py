"""The newsroom's page about whether letters arrive."""

from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter import deliverability_urls


class DeliverabilityItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.change_issue")


@hooks.register("register_admin_urls")
def pages_of_deliverability() -> list:
    return [path("", include(deliverability_urls))]


@hooks.register("register_admin_menu_item")
def deliverability_in_the_menu() -> MenuItem:
    url = reverse("newsletter_deliverability")
    return DeliverabilityItem("Deliverability", url, name="deliverability", icon_name="mail", order=26)
