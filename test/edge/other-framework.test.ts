import { assertGuarded as ofExpress } from '@authly/express';
import { assertGuarded as ofKoa } from '@authly/koa';
import { Router } from '@koa/router';
import express5 from 'express';
import express4 from 'express4';
import Koa from 'koa';
import Koa2 from 'koa2';
import { describe, expect, it } from 'vitest';

function withRoute<App extends { get(path: string, handler: () => void): unknown }>(app: App): App {
  app.get('/users', () => {});
  return app;
}

const KOA = [
  ['a Koa app', new Koa()],
  ['a Koa app', new Koa2()],
  ['a router of @koa/router', new Router()],
  ['a router of @koa/router', withRoute(new Router())],
  ['a router of @koa/router', new Router().routes()],
] as const;

const EXPRESS = [
  ['an Express app', express4()],
  ['an Express app', withRoute(express4())],
  ['an Express app', express5()],
  ['an Express app', withRoute(express5())],
  ['an Express router', express4.Router()],
  ['an Express router', withRoute(express5.Router())],
] as const;

describe('assertGuarded of the wrong package says what it was given, and what to import', () => {
  it.each(KOA)('@authly/express with %s', (name, app) => {
    expect(() => ofExpress(app)).toThrow(
      `of @authly/express were given ${name}. Write: import { assertGuarded, describeRequirements } from '@authly/koa'`,
    );
  });

  it.each(EXPRESS)('@authly/koa with %s', (name, app) => {
    expect(() => ofKoa(app)).toThrow(
      `of @authly/koa were given ${name}. Write: import { assertGuarded, describeRequirements } from '@authly/express'`,
    );
  });
});
