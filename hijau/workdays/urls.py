from django.urls import path

from hijau.workdays import views

urlpatterns = [
    path("hari-kerja/", views.workdays, name="workdays"),
    path("hari-kerja/<int:pk>/hapus/", views.remove_day, name="remove_day"),
]
