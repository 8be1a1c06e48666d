from django.urls import path

from hijau.portal.views import answering, city, data

urlpatterns = [
    path("sehat/", answering.health, name="health"),
    path("f03/<str:token>/", answering.perception_form, name="perception_form"),
    path("f03/<str:token>/terima-kasih/", answering.perception_thanks, name="perception_thanks"),
    path("kuis/<str:token>/", answering.quiz, name="quiz"),
    path("robots.txt", city.robots, name="robots"),
    path("p/", city.portal_start, name="portal_start"),
    path("p/<slug:gov>/", city.portal_city, name="portal_city"),
    path("p/<slug:gov>/cari/", city.portal_search, name="portal_search"),
    path("p/<slug:gov>/layanan/<slug:code>/", city.portal_service, name="portal_service"),
    path("p/<slug:gov>/unit/<slug:code>/", city.portal_unit, name="portal_unit"),
    path("p/<slug:gov>/sitemap.xml", city.portal_sitemap, name="portal_sitemap"),
    path("p/<slug:gov>/data/", data.portal_data, name="portal_data"),
    path("p/<slug:gov>/data/layanan.csv", data.portal_data_csv, name="portal_data_csv"),
    path("p/<slug:gov>/data/layanan.json", data.portal_data_json, name="portal_data_json"),
    path("p/<slug:gov>/data/katalog.jsonld", data.portal_dcat, name="portal_dcat"),
    path("p/<slug:gov>/data/<int:number>/", data.portal_snapshot, name="portal_snapshot"),
]
