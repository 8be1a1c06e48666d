from django.urls import path

from hijau.notices import views

urlpatterns = [
    path("pemberitahuan/", views.notice_list, name="notice_list"),
    path("pemberitahuan/dibaca/", views.mark_read, name="mark_read"),
]
