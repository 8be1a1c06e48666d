"""The doors of allauth that Hijau uses: log in and out, passwords, second factors.

Named one by one, so that a new version of the library opens nothing by itself.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

urlpatterns = [
    path("masuk/", account.login, name="account_login"),
    path("keluar/", account.logout, name="account_logout"),
    path("sandi/", account.password_change, name="account_change_password"),
    path("sandi/lupa/", account.password_reset, name="account_reset_password"),
    path("sandi/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key has a hyphen of its own: the first one divides
        r"^sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sandi/baru/selesai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("periksa/", account.reauthenticate, name="account_reauthenticate"),
    path("nonaktif/", account.account_inactive, name="account_inactive"),
    path("faktor/", mfa.index, name="mfa_index"),
    path("faktor/masuk/", mfa.authenticate, name="mfa_authenticate"),
    path("faktor/periksa/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("faktor/aplikasi/aktif/", totp.activate_totp, name="mfa_activate_totp"),
    path("faktor/aplikasi/lepas/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("faktor/cadangan/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "faktor/cadangan/baru/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "faktor/cadangan/unduh/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("faktor/kunci/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("faktor/kunci/baru/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("faktor/kunci/<int:pk>/lepas/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("faktor/kunci/<int:pk>/nama/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("faktor/kunci/masuk/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "faktor/kunci/periksa/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
]
