from django.urls import path

from hijau.reports import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("unit/<int:pk>/", views.unit_page, name="unit_page"),
    path("peringkat/", views.league, name="league"),
    path("putaran/<int:pk>/lhe/", views.print_evaluation, name="print_evaluation"),
    path("opini/", views.opinion, name="opinion"),
    path("jejak/", views.audit_book, name="audit_book"),
]
