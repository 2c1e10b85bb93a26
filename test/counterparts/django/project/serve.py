"""Makes people and clients in an empty database, and serves: python serve.py <port>."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import django

django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from oauth2_provider.models import Application

REDIRECT_URI = "http://127.0.0.1:1/callback"


def make_client(client_id, grant):
    Application.objects.create(
        client_id=client_id,
        name=client_id,
        client_secret=f"a-secret-of-{client_id}",
        client_type="confidential",
        authorization_grant_type=grant,
        redirect_uris=REDIRECT_URI,
        skip_authorization=True,
        algorithm="RS256",
    )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


call_command("migrate", verbosity=0)
for name in ("dana", "nightly-sync"):
    User.objects.create_user(name, f"{name}@parcels.example", "a-password-of-a-person")
make_client("nightly-sync", "client-credentials")
make_client("parcels-api", "client-credentials")
make_client("courier-web", "authorization-code")
make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), Server, Quiet).serve_forever()
