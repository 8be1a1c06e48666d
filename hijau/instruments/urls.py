from django.urls import path

from hijau.instruments import views

urlpatterns = [
    path("instrumen/", views.instrument_list, name="instrument_list"),
    path("instrumen/<int:pk>/", views.instrument_page, name="instrument_page"),
]
