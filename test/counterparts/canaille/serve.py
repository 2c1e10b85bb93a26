"""Makes people and clients in memory, and serves: python serve.py <port>."""

import datetime
import os
import sys
import uuid
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import JWKRegistry

PORT = int(sys.argv[1])
KEY = JWKRegistry.generate_key("RSA", 2048)
KEY.ensure_kid()

app = create_app(
    config={
        "SECRET_KEY": str(uuid.uuid4()),
        "ENV_FILE": None,
        "PREFERRED_URL_SCHEME": "http",
        "SERVER_NAME": f"127.0.0.1:{PORT}",
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "HTMX": False,
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
            "LOGGING": {
                "version": 1,
                "disable_existing_loggers": False,
                "root": {"level": "WARNING"},
            },
        },
        # Applications of this address are trusted, so that nobody is asked for consent.
        "CANAILLE_OIDC": {
            "TRUSTED_DOMAINS": ["127.0.0.1"],
            "ACTIVE_JWKS": [KEY.as_dict(private=True)],
        },
    }
)


def make_person(name):
    person = models.User(
        user_name=name,
        family_name=name.title(),
        formatted_name=f"{name.title()} Example",
        emails=[f"{name}@parcels.example"],
        password="a-password-of-a-person",
    )
    Backend.instance.save(person)


def make_client(client_id, *grant_types):
    client = models.Client(
        client_id=client_id,
        client_secret=f"aSecretOf{client_id}",
        client_name=client_id,
        client_uri="http://127.0.0.1",
        redirect_uris=["http://127.0.0.1:1/callback"],
        grant_types=list(grant_types),
        response_types=["code"] if "authorization_code" in grant_types else [],
        scope=["openid", "profile", "parcels:read"],
        token_endpoint_auth_method="client_secret_basic",
        client_id_issued_at=datetime.datetime.now(datetime.timezone.utc),
        client_secret_expires_at=None,
    )
    Backend.instance.save(client)
    return client


with app.app_context():
    # One of them took the name of a client.
    for name in ("dana", "rose", "nightlysync"):
        make_person(name)
    api = make_client("parcelsapi", "client_credentials")
    for client in (
        make_client("courierweb", "authorization_code", "refresh_token"),
        make_client("nightlysync", "client_credentials"),
    ):
        client.audience = [client, api]
        Backend.instance.save(client)
    lone = make_client("letterssync", "client_credentials")
    lone.audience = [lone]
    Backend.instance.save(lone)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


make_server("127.0.0.1", PORT, app, handler_class=Quiet).serve_forever()
