from django.urls import path

from hijau.assessments.views import answering, oversight, readiness, rounds, verdicts

urlpatterns = [
    path("putaran/", rounds.round_list, name="round_list"),
    path("putaran/baru/", rounds.open_round, name="open_round"),
    path("putaran/<int:pk>/", rounds.round_page, name="round_page"),
    path("putaran/<int:pk>/tutup/", rounds.close_round, name="close_round"),
    path("target/", rounds.targets, name="targets"),
    path("penilaian/<int:pk>/", answering.answer_page, name="answer_page"),
    path("penilaian/<int:pk>/jawab/<str:code>/", answering.save_answer, name="save_answer"),
    path("penilaian/<int:pk>/bukti/<str:code>/", answering.attach_evidence, name="attach_evidence"),
    path("penilaian/<int:pk>/kirim/", answering.submit, name="submit"),
    path("penilaian/<int:pk>/hitungan/", answering.proof_page, name="proof_page"),
    path("bukti/<int:pk>/", answering.evidence_file, name="evidence_file"),
    path("bukti/<int:pk>/tarik/", answering.withdraw_evidence, name="withdraw_evidence"),
    path("hasil-luar/", verdicts.verdict_list, name="verdict_list"),
    path("hasil-luar/baru/", verdicts.record_verdict, name="record_verdict"),
    path("hasil-luar/<int:pk>/tarik/", verdicts.withdraw_verdict, name="withdraw_verdict"),
]

urlpatterns += [
    path("hasil-luar/<int:pk>/surat/", verdicts.verdict_letter, name="verdict_letter"),
    path("kesiapan/", readiness.readiness_list, name="readiness_list"),
    path("kesiapan/ingatkan/", readiness.send_alarms, name="send_alarms"),
    path("kesiapan/<int:pk>/", readiness.readiness_page, name="readiness_page"),
    path("kesiapan/<int:pk>/narasumber/", readiness.name_respondent, name="name_respondent"),
    path("narasumber/<int:pk>/akhiri/", readiness.end_respondent, name="end_respondent"),
    path("narasumber/<int:pk>/hapus/", readiness.remove_respondent, name="remove_respondent"),
    path("narasumber/<int:pk>/berhalangan/", readiness.record_absence, name="record_absence"),
    path("berhalangan/<int:pk>/batal/", readiness.cancel_absence, name="cancel_absence"),
    path("kunjungan/", readiness.record_visit, name="record_visit"),
    path("kunjungan/<int:pk>/batal/", readiness.cancel_visit, name="cancel_visit"),
    path("produk-ombudsman/", oversight.product_list, name="product_list"),
    path("produk-ombudsman/baru/", oversight.record_product, name="record_product"),
    path("produk-ombudsman/ingatkan/", oversight.remind_owners, name="remind_owners"),
    path("produk-ombudsman/<int:pk>/", oversight.product_page, name="product_page"),
    path("produk-ombudsman/<int:pk>/tugaskan/", oversight.assign_product, name="assign_product"),
    path("produk-ombudsman/<int:pk>/tindak-lanjut/", oversight.add_follow_up, name="add_follow_up"),
    path("produk-ombudsman/<int:pk>/selesai/", oversight.close_product, name="close_product"),
    path("produk-ombudsman/<int:pk>/tarik/", oversight.withdraw_product, name="withdraw_product"),
    path("produk-ombudsman/<int:pk>/surat/", oversight.product_letter, name="product_letter"),
    path("tindak-lanjut/<int:pk>/bukti/", oversight.follow_up_proof, name="follow_up_proof"),
]
