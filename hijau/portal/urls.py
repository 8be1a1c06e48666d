from django.urls import path

from hijau.portal import views

urlpatterns = [
    path("sehat/", views.health, name="health"),
    path("kuis/<str:token>/", views.quiz, name="quiz"),
]
