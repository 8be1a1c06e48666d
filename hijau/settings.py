"""Settings. Everything a deployment may change is an environment variable in docs/settings.md."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parent.parent


def setting(name: str, default: str = "") -> str:
    """An environment variable `HIJAU_…`, or its default."""
    return os.environ.get(f"HIJAU_{name}", default)


def switched_on(name: str, default: bool = False) -> bool:
    return setting(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


DATA = Path(setting("DATA", str(ROOT / "var")))
DATA.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key in its own file, made on first start, readable by its owner only."""
    file = Path(setting("SECRET_KEY_FILE", str(DATA / "secret-key")))
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        key = secrets.token_urlsafe(64)
        handle.write(key)
    return key


SECRET_KEY = _secret_key()
DEBUG = switched_on("DEBUG")
ALLOWED_HOSTS = setting("HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in setting("ORIGINS").split(",") if origin]
HTTPS = switched_on("HTTPS")
"""Whether the outside reaches this server by HTTPS (through a proxy that sets the header)."""

INSTALLED_APPS = [
    "hijau.ui",
    "hijau.audit",
    "hijau.organisation",
    "hijau.accounts",
    "hijau.files",
    "hijau.notices",
    "hijau.workdays",
    "hijau.papers",
    "hijau.instruments",
    "hijau.services",
    "hijau.assessments",
    "hijau.reports",
    "hijau.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "treebeard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hijau.ui.refusals.RefusalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "hijau.urls"
WSGI_APPLICATION = "hijau.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hijau.reports.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "hijau.ui.templatetags.ui",
                "hijau.instruments.templatetags.instruments",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        setting("DATABASE", f"sqlite:///{DATA / 'hijau.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that will write takes the lock when it begins, so that two officers
    # wait for each other instead of failing. FULL: what was thanked for survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; "
        f"PRAGMA synchronous={setting('SYNCHRONOUS', 'FULL')};",
    }
# In the database, so that every web process counts failed logins together.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "hijau_cache"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": True}}

if switched_on("DEMONSTRATION") and not HTTPS:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("hijau.demonstration.hint.demo_logins")  # type: ignore[index]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["hijau.accounts.doorman.Doorman"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"

# How many proxies of ours stand in front; behind them the visitor's own address is counted.
ALLAUTH_TRUSTED_PROXY_COUNT = int(setting("PROXIES", "0"))
ACCOUNT_ADAPTER = "hijau.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "hijau.accounts.forms.LoginForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Hijau"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hijau.ui.refusals.csrf_failure"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_SSL_REDIRECT = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesia")), ("en", _("Inggris"))]
LOCALE_PATHS = [ROOT / "hijau" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = setting("TIME_ZONE", "Asia/Jakarta")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_LIMIT = int(setting("FILE_LIMIT_MB", "20")) * 1024 * 1024
"""The largest file that may be attached, in bytes."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = setting("EMAIL_HOST")
EMAIL_PORT = int(setting("EMAIL_PORT", "587"))
EMAIL_HOST_USER = setting("EMAIL_USER")
EMAIL_HOST_PASSWORD = (
    Path(file).read_text(encoding="utf-8").strip()
    if (file := setting("EMAIL_PASSWORD_FILE"))
    else ""
)
EMAIL_USE_TLS = True
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = setting("EMAIL_FROM", "hijau@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
