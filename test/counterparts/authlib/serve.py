"""An authorization server built with Authlib, in one process: python serve.py <port>."""

import os
import secrets
import sys
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator, JWTIntrospectionEndpoint
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey

PORT = int(sys.argv[1])
ISSUER = f"http://127.0.0.1:{PORT}"
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
SCOPES = {"openid", "parcels:read"}

# What docs/presets/authlib.md tells to write: the class TokenGenerator.
exec(os.environ["COUNTERPART_RECIPE"])


class Person:
    def __init__(self, key, name):
        self.key = key
        self.name = name

    def get_user_id(self):
        return self.key


PEOPLE = {person.name: person for person in (Person(1, "dana"), Person(7, "twin"))}
NAMES = {str(person.key): person.name for person in PEOPLE.values()}


class Client(ClientMixin):
    def __init__(self, client_id, *grant_types):
        self.client_id = client_id
        self.grant_types = grant_types

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return " ".join(each for each in scope.split() if each in SCOPES)

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == "http://127.0.0.1:1/callback"

    def check_client_secret(self, secret):
        return secret == f"aSecretOf{self.client_id}"

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type in self.grant_types


CLIENTS = {
    client.client_id: client
    for client in (
        Client("courierweb", "authorization_code", "refresh_token"),
        # Called like the key of a person.
        *(Client(name, "client_credentials") for name in ("nightlysync", "7", "letterssync", "parcelsapi")),
    )
}
CODES = {}
TOKENS = []


class Token(TokenMixin):
    def __init__(self, members, client, person):
        self.members = members
        self.client = client
        self.person = person

    def check_client(self, client):
        return self.client is client

    def get_scope(self):
        return self.members.get("scope", "")

    def is_expired(self):
        return False

    def is_revoked(self):
        return False


class Code(AuthorizationCodeMixin):
    def __init__(self, **members):
        self.__dict__.update(members)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    def save_authorization_code(self, code, request):
        data = request.payload.data
        CODES[code] = Code(
            code=code,
            client=request.client,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            person=request.user,
            nonce=data.get("nonce"),
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        found = CODES.get(code)
        return found if found and found.client is client else None

    def delete_authorization_code(self, code):
        CODES.pop(code.code, None)

    def authenticate_user(self, code):
        return code.person


class IdTokens(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return False

    def get_jwt_config(self, grant):
        return {"key": KEY.as_dict(private=True), "alg": "RS256", "iss": ISSUER, "exp": 3600}

    def generate_user_info(self, person, scope):
        return UserInfo(sub=str(person.key))


class RefreshGrant(grants.RefreshTokenGrant):
    def authenticate_refresh_token(self, refresh_token):
        return find_refresh_token(refresh_token)

    def authenticate_user(self, token):
        return token.person

    def revoke_old_credential(self, token):
        pass


def find_refresh_token(text):
    return next((each for each in TOKENS if each.members.get("refresh_token") == text), None)


class Generator(TokenGenerator):
    def get_jwks(self):
        return KEY

    def get_audiences(self, client, user, scope):
        if client.client_id == "letterssync":
            return ["https://letters.example"]
        return super().get_audiences(client, user, scope)


class AccessTokens(JWTIntrospectionEndpoint):
    def get_jwks(self):
        return KEY

    def get_username(self, user_id):
        return NAMES.get(user_id)

    def check_permission(self, token, client, request):
        return True


class RefreshTokens(IntrospectionEndpoint):
    def query_token(self, text, hint):
        # As docs/presets/authlib.md tells: access tokens are not looked for here.
        return None if hint == "access_token" else find_refresh_token(text)

    def check_permission(self, token, client, request):
        return True

    def introspect_token(self, token):
        return {"active": True, "client_id": token.client.client_id, "sub": str(token.person.key)}


app = Flask(__name__)
server = AuthorizationServer(
    app,
    query_client=CLIENTS.get,
    save_token=lambda members, request: TOKENS.append(Token(members, request.client, request.user)),
)
server.register_token_generator(
    "default",
    Generator(issuer=ISSUER, refresh_token_generator=lambda **_: secrets.token_urlsafe(36)),
)
server.register_grant(grants.ClientCredentialsGrant)
server.register_grant(CodeGrant, [CodeChallenge(required=True), IdTokens(require_nonce=True)])
server.register_grant(RefreshGrant)
server.register_endpoint(AccessTokens(issuer=ISSUER))
server.register_endpoint(RefreshTokens)


@app.get("/authorize")
def authorize():
    person = PEOPLE[request.args["login_hint"]]
    grant = server.get_consent_grant(end_user=person)
    return server.create_authorization_response(request=None, grant_user=person, grant=grant)


@app.post("/token")
def token():
    return server.create_token_response()


@app.post("/introspect")
def introspect():
    return server.create_endpoint_response("introspection")


@app.get("/jwks")
def jwks():
    return jsonify({"keys": [KEY.as_dict(private=False)]})


@app.get("/.well-known/openid-configuration")
def metadata():
    return jsonify(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "introspection_endpoint": f"{ISSUER}/introspect",
            "jwks_uri": f"{ISSUER}/jwks",
            "response_types_supported": ["code"],
        }
    )


app.run("127.0.0.1", PORT, threaded=True)
