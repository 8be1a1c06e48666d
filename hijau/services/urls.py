from django.urls import path

from hijau.services.views import imports, papers, promises, services, standards

urlpatterns = [
    path("standar/", services.service_list, name="service_list"),
    path("standar/baru/", services.add_service, name="add_service"),
    path("standar/impor/", imports.services_import, name="services_import"),
    path("standar/impor/simpan/", imports.services_import_apply, name="services_import_apply"),
    path("standar/impor/templat/", imports.services_template, name="services_template"),
    path("standar/bekukan/", promises.freeze_snapshot, name="freeze_snapshot"),
    path("standar/<int:pk>/", services.service_page, name="service_page"),
    path("standar/<int:pk>/keterangan/", services.describe_service, name="describe_service"),
    path("standar/<int:pk>/hentikan/", services.end_service, name="end_service"),
    path("standar/<int:pk>/rancang/", standards.draft_standard, name="draft_standard"),
    path("standar/<int:pk>/periksa/", promises.record_posting, name="record_posting"),
    path("terbitan/<int:pk>/hapus/", promises.remove_posting, name="remove_posting"),
    path("versi/<int:pk>/", standards.standard_page, name="standard_page"),
    path("versi/<int:pk>/tulis/", standards.write_standard, name="write_standard"),
    path("versi/<int:pk>/konsultasi/", standards.open_consultation, name="open_consultation"),
    path("versi/<int:pk>/tetapkan/", standards.decree_standard, name="decree_standard"),
    path("versi/<int:pk>/terbitkan/", standards.publish_standard, name="publish_standard"),
    path("versi/<int:pk>/tinjau/", standards.confirm_review, name="confirm_review"),
    path("versi/<int:pk>/batalkan/", standards.drop_draft, name="drop_draft"),
    path("versi/<int:pk>/sk/", standards.standard_decree, name="standard_decree"),
    path("janji/<int:pk>/", services.promise_page, name="promise_page"),
    path("janji/<int:pk>/maklumat/", promises.charter_page, name="charter_page"),
    path("janji/<int:pk>/forum/", promises.call_consultation, name="call_consultation"),
    path("maklumat/<int:pk>/tetapkan/", promises.decree_charter, name="decree_charter"),
    path("maklumat/<int:pk>/terbitkan/", promises.publish_charter, name="publish_charter"),
    path("maklumat/<int:pk>/sk/", promises.charter_decree, name="charter_decree"),
    path("forum/<int:pk>/", promises.consultation_page, name="consultation_page"),
    path(
        "forum/<int:pk>/lampiran/", promises.attach_to_consultation, name="attach_to_consultation"
    ),
    path("forum/<int:pk>/cetak/<slug:kind>/", papers.print_consultation, name="print_consultation"),
    path("forum/<int:pk>/tutup/", promises.close_consultation, name="close_consultation"),
    path("versi/<int:pk>/cetak/<slug:kind>/", papers.print_standard, name="print_standard"),
    path("versi/<int:pk>/sippn/", papers.sippn_sheet, name="sippn_sheet"),
    path("janji/<int:pk>/cetak/<slug:kind>/", papers.print_unit_annex, name="print_unit_annex"),
    path("maklumat/<int:pk>/cetak/", papers.print_charter, name="print_charter"),
    path("lampiran/<int:pk>/", promises.attachment_file, name="attachment_file"),
]
