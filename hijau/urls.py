"""Every door of the platform. `tests/test_doors.py` knows who may pass each."""

from django.urls import include, path
from django.views.i18n import set_language

from hijau.portal.doors import open_door

urlpatterns = [
    path("", include("hijau.reports.urls")),
    path("", include("hijau.assessments.urls")),
    path("", include("hijau.services.urls")),
    path("", include("hijau.accounts.urls")),
    path("", include("hijau.instruments.urls")),
    path("", include("hijau.workdays.urls")),
    path("", include("hijau.notices.urls")),
    path("", include("hijau.papers.urls")),
    path("", include("hijau.portal.urls")),
    path(
        "bahasa/",
        open_door("the language is chosen before the login, too")(set_language),
        name="set_language",
    ),
    path("akun/", include("hijau.accounts.allauth_urls")),
]
