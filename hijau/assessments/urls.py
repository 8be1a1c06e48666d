from django.urls import path

from hijau.assessments.views import answering, rounds, verdicts

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
