from django.urls import path

from hijau.papers import views

urlpatterns = [
    path("surat/", views.papers, name="papers"),
    path("surat/<int:pk>/", views.paper_list, name="paper_list"),
    path("surat/<int:pk>/kop/", views.letterhead, name="letterhead"),
    path("surat/<int:pk>/<slug:kind>/contoh.<str:form>", views.paper_sample, name="paper_sample"),
    path(
        "surat/<int:pk>/<slug:kind>/templat.<str:form>", views.paper_template, name="paper_template"
    ),
    path(
        "surat/<int:pk>/<slug:kind>/bawaan.<str:form>",
        views.default_template,
        name="default_template",
    ),
    path("surat/<int:pk>/<slug:kind>/ganti/", views.replace_template, name="replace_template"),
    path(
        "surat/<int:pk>/<slug:kind>/pulihkan/<str:form>/",
        views.restore_template,
        name="restore_template",
    ),
]
