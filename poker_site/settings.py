"""Django settings. Everything that differs between installations comes from the environment
(`.env.example` lists it); nothing set means development on this machine."""

import sys
from pathlib import Path

from celery.schedules import crontab, schedule
from django.utils.translation import gettext_lazy as _

from poker_site import env
from poker_site.admin_theme import UNFOLD as UNFOLD
from poker_site.content_security import POLICY
from poker_site.embedded.addresses import (
    default_bitcoin_url,
    default_database_url,
    default_ethereum_url,
    default_owner_url,
    default_rates_url,
    default_redis_url,
    default_wallet,
)
from poker_site.logs import logging_settings, set_up_structlog

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")

DEBUG = env.flag("DEBUG", True)
PORT = env.number("PORT", 8000, minimum=1)
# How many times faster than people the demo bots decide.
DEMO_BOTS_PACE = env.number("DEMO_BOTS_PACE", 1, minimum=1)
SECRET_KEY = env.text("SECRET_KEY", "development-only-secret-key" if DEBUG else "")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
# Where links in mails lead; a request's own Host may be anything.
SITE_URL = env.origin("SITE_URL", f"http://127.0.0.1:{PORT}" if DEBUG else "")

# Applications

INSTALLED_APPS = [
    *(["daphne"] if "runserver" in sys.argv else []),
    "unfold",
    "poker_site.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_prometheus",
    "accounts",
    "wallet",
    "rake",
    "tables",
    "poker_site",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "poker_site.content_security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "poker_site.urls"
ASGI_APPLICATION = "poker_site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.mail",
            ],
        },
    },
]

# PostgreSQL and Redis

DATABASES = {
    "default": {
        **env.database(env.text("DATABASE_URL") or default_database_url(DATA_DIR)),
        # A pool, because every request of an ASGI server has a thread of its own.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    **DATABASES["default"]["OPTIONS"],
    "pool": {
        "min_size": 0,
        "max_size": env.number("DATABASE_POOL", 8, minimum=1),
        "timeout": 5,
    },
}
# Who migrates, and gives the site's role its grants; None: the site's role itself.
_owner_url = env.text("DATABASE_OWNER_URL") or (
    "" if env.text("DATABASE_URL") else default_owner_url(DATA_DIR)
)
DATABASE_OWNER = env.database(_owner_url) if _owner_url else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL") or default_redis_url(DATA_DIR)
REDIS_TABLES_URL = env.text("REDIS_TABLES_URL", REDIS_URL)
REDIS_CHANNELS_URL = env.text("REDIS_CHANNELS_URL", REDIS_URL)
CELERY_BROKER_URL = env.text("REDIS_CELERY_URL", REDIS_URL)

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "poker_site.channel_layer.ChannelLayer",
        "CONFIG": {
            # A blocked read is normal for a subscription; dead servers show in the health check.
            "hosts": [{"address": REDIS_CHANNELS_URL, "socket_timeout": None, "driver_info": None}],
            "prefix": "poker",
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "poker_site.cache.SharedRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "poker-cache",
    }
}

# Celery

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "visibility_timeout": 600,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "Asia/Seoul"
CELERY_TASK_ROUTES = {
    "tables.tasks.keep_tables": {"queue": "default"},
    "tables.tasks.check_hands": {"queue": "default"},
    "tables.tasks.*": {"queue": "settlement"},
    "wallet.tasks.sign_*": {"queue": "signing"},
    "wallet.tasks.*": {"queue": "wallet"},
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-settlements": {
        "task": "tables.tasks.sweep_settlements",
        "schedule": schedule(5.0),
    },
    "keep-tables": {"task": "tables.tasks.keep_tables", "schedule": schedule(10.0)},
    "check-hands": {
        "task": "tables.tasks.check_hands",
        "schedule": crontab(minute="25"),
        "options": {"expires": 3_000},
    },
    "relay-audit": {"task": "wallet.tasks.relay_audit", "schedule": schedule(2.0)},
    "seal-thoroughly": {
        "task": "wallet.tasks.seal_thoroughly",
        "schedule": crontab(minute="40"),
    },
    "check-audit": {"task": "wallet.tasks.check_audit", "schedule": crontab(hour=4, minute=30)},
    **{
        f"scan-{network}": {
            "task": "wallet.tasks.scan_chain",
            "args": (network,),
            "schedule": schedule(3.0),
            # A scan that waited for its turn this long has been done by another.
            "options": {"expires": 3},
        }
        for network in ("bitcoin", "ethereum")
    },
    "advance-withdrawals": {
        "task": "wallet.tasks.advance_withdrawals",
        "schedule": schedule(15.0),
    },
    "send-letters": {
        "task": "wallet.tasks.send_letters",
        "schedule": schedule(5.0),
        "options": {"expires": 5},
    },
    "forget-answers": {"task": "wallet.tasks.forget_answers", "schedule": crontab(minute=17)},
    "look-after-staff": {"task": "wallet.tasks.look_after_staff", "schedule": schedule(60.0)},
    "bar-overtime": {"task": "wallet.tasks.bar_overtime", "schedule": schedule(60.0)},
    "sign-payments": {"task": "wallet.tasks.sign_payments", "schedule": schedule(5.0)},
    "sign-sweeps": {"task": "wallet.tasks.sign_sweeps", "schedule": schedule(300.0)},
    "fetch-rates": {"task": "wallet.tasks.fetch_rates", "schedule": schedule(10.0)},
    "prune-rates": {
        "task": "wallet.tasks.prune_rates",
        "schedule": crontab(minute=50),
        "options": {"expires": 3_000},
    },
    "reconcile": {
        "task": "wallet.tasks.reconcile_coins",
        "schedule": crontab(minute="10"),
        "options": {"expires": 3_000},
    },
    "beat-heartbeat": {"task": "poker_site.tasks.note_beat", "schedule": schedule(5.0)},
}

# Users and sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.console.EmailBackend"
    if DEBUG
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Poker room <no-reply@localhost>")

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.NicknameForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Poker room] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
# An unknown address and a known one get the same answer. At sign-up that is only possible where
# the address must be verified before the first login.
ACCOUNT_PREVENT_ENUMERATION = True
EMAIL_VERIFICATION_REQUIRED = env.flag("EMAIL_VERIFICATION_REQUIRED", not DEBUG)
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_VERIFICATION_REQUIRED else "optional"
# Failed logins are limited by address and account whatever this says; this counts all attempts.
ACCOUNT_RATE_LIMITS = {
    "login": env.text("LOGIN_RATE_LIMIT", "6000/m/ip" if DEBUG else "30/m/ip"),
    "signup": env.text("SIGNUP_RATE_LIMIT", "600/m/ip" if DEBUG else "20/m/ip"),
}
# How many proxies of ours add to X-Forwarded-For; 0: the header is not looked at.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Poker room"
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_VERIFICATION_REQUIRED

# Programs log in at /_allauth/app/v1/ and send X-Session-Token; browsers use the pages.
HEADLESS_ADAPTER = "accounts.adapter.HeadlessAdapter"
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)

# Languages and time

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "poker_site" / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "poker_site.static_files.StaticFiles"
    },
}

# What browsers are told, and who may see what

CONTENT_SECURITY_POLICY = POLICY
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", not DEBUG)
# Health is asked by machines, from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if env.flag("BEHIND_TLS_PROXY", not DEBUG):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Logs and error reports

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING = logging_settings(level=LOG_LEVEL, as_json=env.flag("LOG_JSON", not DEBUG))
set_up_structlog()
if SENTRY_DSN := env.text("SENTRY_DSN"):
    import sentry_sdk

    # No personal data, no frame variables: they may hold hole cards.
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        environment=env.text("SENTRY_ENVIRONMENT", "production"),
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )

# REST

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "allauth.headless.contrib.rest_framework.authentication.XSessionTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["wallet.api.parsers.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "tables.api.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Poker room API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# The house

# Play money a new account is given once, in development; 0 gives none.
PLAY_MONEY_GRANT_KRW = env.number("PLAY_MONEY_GRANT_KRW", 10_000_000 if DEBUG else 0)

# Open WebSockets of one user, and of one address (this machine itself is not limited in DEBUG).
MAX_SOCKETS_PER_USER = env.number("MAX_SOCKETS_PER_USER", 5, minimum=1)
MAX_SOCKETS_PER_ADDRESS = env.number("MAX_SOCKETS_PER_ADDRESS", 50, minimum=1)

# Money in and out. Without a node's URL its network is not offered.
# The second node is what the first is compared with before money is credited.
REQUIRE_SECOND_NODE = env.flag("REQUIRE_SECOND_NODE", not DEBUG)
# The first block that is looked at; 0: where the chain is at the first scan. Only blocks that no
# reorganisation can reach: it is where a walk back ends.
BITCOIN_SCAN_FROM = env.number("BITCOIN_SCAN_FROM", 0)
ETHEREUM_SCAN_FROM = env.number("ETHEREUM_SCAN_FROM", 0)
BITCOIN_NETWORK = env.text("BITCOIN_NETWORK", "regtest" if DEBUG else "main")
BITCOIN_RPC_URL = env.text("BITCOIN_RPC_URL") or (default_bitcoin_url(DATA_DIR) if DEBUG else "")
BITCOIN_RPC_URL_2 = env.text("BITCOIN_RPC_URL_2")
ETHEREUM_CHAIN_ID = env.number("ETHEREUM_CHAIN_ID", 31_337 if DEBUG else 1, minimum=1)
ETHEREUM_RPC_URL = env.text("ETHEREUM_RPC_URL") or (default_ethereum_url(DATA_DIR) if DEBUG else "")
ETHEREUM_RPC_URL_2 = env.text("ETHEREUM_RPC_URL_2")
# Development's are those of wallet.devchain.
USDT_CONTRACT = env.text(
    "USDT_CONTRACT", "0x5FbDB2315678afecb367f032d93F642f64180aa3" if DEBUG else ""
)
USDC_CONTRACT = env.text(
    "USDC_CONTRACT", "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512" if DEBUG else ""
)
_wallet = default_wallet(DATA_DIR) if DEBUG else {}
# Public keys of the account that deposit addresses are under (m/84'/coin'/0', m/44'/60'/0').
BITCOIN_XPUB = env.text("BITCOIN_XPUB", _wallet.get("BITCOIN_XPUB", ""))
ETHEREUM_XPUB = env.text("ETHEREUM_XPUB", _wallet.get("ETHEREUM_XPUB", ""))
# Where the house's own coins are. Hot: m/84'/coin'/1'/0/0 and m/44'/60'/1'/0/0.
BITCOIN_HOT_ADDRESS = env.text("BITCOIN_HOT_ADDRESS", _wallet.get("BITCOIN_HOT_ADDRESS", ""))
ETHEREUM_HOT_ADDRESS = env.text("ETHEREUM_HOT_ADDRESS", _wallet.get("ETHEREUM_HOT_ADDRESS", ""))
BITCOIN_COLD_ADDRESS = env.text("BITCOIN_COLD_ADDRESS", _wallet.get("BITCOIN_COLD_ADDRESS", ""))
ETHEREUM_COLD_ADDRESS = env.text("ETHEREUM_COLD_ADDRESS", _wallet.get("ETHEREUM_COLD_ADDRESS", ""))
# Where the audit log's files are; one place for all workers.
AUDIT_DIR = Path(env.text("AUDIT_DIR") or DATA_DIR / "audit")
# How many records the audit log in Redis keeps, about.
AUDIT_STREAM_LENGTH = env.number("AUDIT_STREAM_LENGTH", 100_000, minimum=1_000)
# Where development's nodes are installed, for all data directories.
DEVNODES_DIR = Path(env.text("DEVNODES_DIR") or BASE_DIR / ".data" / "devnodes")
# Where prices are asked for; in development, at the local rate server.
UPBIT_URL = env.text("UPBIT_URL") or (
    default_rates_url(DATA_DIR, "upbit") if DEBUG else "https://api.upbit.com"
)
BITHUMB_URL = env.text("BITHUMB_URL") or (
    default_rates_url(DATA_DIR, "bithumb") if DEBUG else "https://api.bithumb.com"
)

# Days that a rate which nothing refers to is kept, and what every source answered.
RATES_KEPT_DAYS = env.number("RATES_KEPT_DAYS", 30, minimum=7)

# Tables are spread over this many shards; changing it needs an empty house.
TABLE_SHARDS = env.number("TABLE_SHARDS", 16, minimum=1)
# A 256-bit key in hex; only `run_tables` may have it. It encrypts the decks of running hands.
DECK_KEY = env.text("DECK_KEY")
# A shard whose owner is silent for this long goes to another runner.
SHARD_LEASE_MS = env.number("SHARD_LEASE_MS", 1_500, minimum=300)
