"""Django with django-oauth-toolkit, as its tutorial sets it up. What differs from run to run is in the environment."""

import os
from pathlib import Path

HERE = Path(__file__).parent

SECRET_KEY = "a secret of the trial"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/accounts/login/"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["COUNTERPART_DATABASE"],
        "OPTIONS": {"timeout": 20},
    }
}
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_RSA_PRIVATE_KEY": Path(os.environ["COUNTERPART_KEY"]).read_text(),
    "OIDC_ISS_ENDPOINT": os.environ["COUNTERPART_ISSUER"],
    "SCOPES": {"openid": "OpenID Connect", "parcels:read": "Read parcels", "introspection": "Ask about tokens"},
    "DEFAULT_SCOPES": ["parcels:read"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 300,
}
