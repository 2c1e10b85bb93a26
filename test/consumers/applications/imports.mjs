// Every entry point, for a linter that looks for the file behind each.
import '@authly/core';
import '@authly/core/adapter';
import '@authly/core/jwt';
import '@authly/core/node';
import '@authly/core/providers';
import '@authly/express';
import '@authly/express/no-global';
import '@authly/express/node';
import '@authly/express/providers';
import '@authly/issuer';
import '@authly/koa';
import '@authly/koa/node';
import '@authly/koa/providers';
import '@authly/mcp';
import '@authly/testing';
