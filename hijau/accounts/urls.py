from django.urls import path

from hijau.accounts import views

urlpatterns = [
    path("orang/", views.people, name="people"),
    path("orang/<int:pk>/akhiri/", views.end_role, name="end_role"),
]
