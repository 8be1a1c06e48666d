from django.urls import path

from hijau.portal import views

urlpatterns = [
    path("sehat/", views.health, name="health"),
    path("f03/<str:token>/", views.perception_form, name="perception_form"),
    path("f03/<str:token>/terima-kasih/", views.perception_thanks, name="perception_thanks"),
    path("kuis/<str:token>/", views.quiz, name="quiz"),
]
