from django.urls import path

from hijau.accounts import views

urlpatterns = [
    path("orang/", views.people, name="people"),
    path("orang/peran/", views.give_role, name="give_role"),
    path("orang/unit/", views.add_unit, name="add_unit"),
    path("orang/<int:pk>/akhiri/", views.end_role, name="end_role"),
]
