"""Calls tools of an MCP server with the Python SDK, and prints what each call came to, as JSON lines.

The environment says where and as whom: MCP_URL, and either MCP_TOKEN or MCP_CLIENT_ID,
MCP_CLIENT_SECRET and MCP_ISSUER.
"""

import asyncio
import json
import logging
import os
import sys

import httpx2
from mcp import Client
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client

logging.basicConfig(level=logging.CRITICAL)


class Storage:
    """Keeps tokens and registrations in memory."""

    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def http_client():
    token = os.environ.get("MCP_TOKEN")
    if token is not None:
        return httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}, timeout=20)
    provider = ClientCredentialsOAuthProvider(
        server_url=os.environ["MCP_URL"],
        storage=Storage(),
        client_id=os.environ["MCP_CLIENT_ID"],
        client_secret=os.environ["MCP_CLIENT_SECRET"],
        issuer=os.environ["MCP_ISSUER"],
    )
    return httpx2.AsyncClient(auth=provider, timeout=20)


async def outcome(client, name, arguments):
    try:
        result = await client.call_tool(name, arguments)
        text = " ".join(getattr(part, "text", "?") for part in result.content)
        return f"refused: {text}" if result.is_error else text
    except Exception as error:
        return f"refused: {flat(error)}"


def flat(error):
    if isinstance(error, BaseExceptionGroup):
        return " | ".join(flat(each) for each in error.exceptions)
    return f"{type(error).__name__}: {error}"


async def main():
    try:
        async with http_client() as http:
            transport = streamable_http_client(os.environ["MCP_URL"], http_client=http)
            async with Client(transport) as client:
                for name, arguments in json.loads(sys.argv[1]):
                    print(json.dumps(await outcome(client, name, arguments)), flush=True)
    except BaseException as error:
        print(json.dumps(f"session ended: {flat(error)}"), flush=True)


asyncio.run(main())
