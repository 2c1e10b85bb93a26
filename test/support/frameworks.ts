import type { RequestListener } from 'node:http';
import type { CredentialSource, RequestView } from '@authly/core';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import express from 'express';
import express4 from 'express4';
import Koa from 'koa';
import Koa2 from 'koa2';
import { createExpressApp } from './express-app.ts';
import { createKoaApp } from './koa-app.ts';

/** An adapter under test. Both have the same functions, so that a test is written once. */
export type Kit = typeof expressKit | typeof koaKit;

/** A middleware of the adapter under test. */
export type Middleware = ReturnType<Kit['authorize'] | Kit['authenticate'] | Kit['mount']>;

/** What a handler sees of a request, whatever the framework. */
export interface Exchange {
  /** `req` of Express, `ctx` of Koa: the argument of `principalOf` and similar functions. */
  readonly carrier: object;
  /** `req.principal` or `ctx.state.principal`. */
  readonly principal: unknown;
}

/** Answers a request: what it returns is sent as JSON, with status 200. */
export type Handler = (exchange: Exchange) => unknown;

/** An app or a router, to which middleware and routes are added in order. */
export interface Routes {
  use(...middleware: readonly Middleware[]): void;
  /** A route for every method, with guards of its own. */
  route(path: string, ...steps: readonly [...Middleware[], Handler]): void;
  /** A router below a path. */
  router(path: string, define: (routes: Routes) => void): void;
  /** Another app, mounted below a path. */
  app(path: string, define: (routes: Routes) => void): void;
}

/** What an application's own error handling answers. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * The framework's usual body parsers or older ones; one for JSON alone, which leaves a form unread; one
 * that makes text or bytes of a form; or something that reads the body and keeps nothing of it.
 */
export type BodyParser = 'none' | 'usual' | 'other' | 'json' | 'text' | 'bytes' | 'discarding';

/** How an app is set up before its routes. */
export interface AppOptions {
  /** The application's own error handling; without it the framework's default answers. */
  readonly onError?: (error: unknown) => ErrorAnswer;
  /** The body parser that runs before everything else. */
  readonly bodyParser?: BodyParser;
  /** Whether the framework trusts `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
  /** Whether the adapter's `authErrorHandler` is installed. */
  readonly authErrors?: boolean;
}

/** An app to send requests to. */
export interface TestApp {
  readonly listener: RequestListener;
  /** Errors that reached the framework's default error handling, in order. */
  readonly faults: readonly unknown[];
}

/** How `authenticate` lets requests in. */
export interface ModeOptions {
  readonly optional?: boolean;
  readonly delegated?: boolean;
  readonly skip?: (view: RequestView) => boolean;
  readonly credentials?: CredentialSource | undefined;
}

/** A framework to run a behaviour test in. */
export interface Framework {
  readonly name: string;
  readonly kit: Kit;
  /** `authenticate` of the adapter; `delegated` is its way to say "to the application's error handling". */
  authenticate(
    resourceServerOrOptions: Parameters<Kit['authenticate']>[0],
    options?: ModeOptions,
  ): ReturnType<Kit['authenticate']>;
  createApp(define: (routes: Routes) => void, options?: AppOptions): TestApp;
}

/** Every framework that the adapters support: each behaviour test runs in all of them. */
export const frameworks: readonly Framework[] = [
  expressFramework('Express 4', express4),
  expressFramework('Express 5', express),
  koaFramework('Koa 2', Koa2),
  koaFramework('Koa 3', Koa),
];

function expressFramework(name: string, create: typeof express): Framework {
  return {
    name,
    kit: expressKit,
    authenticate: (subject, { optional, skip, credentials, delegated = false } = {}) =>
      expressKit.authenticate(subject, {
        optional,
        skip,
        credentials,
        onRefusal: delegated ? 'next' : 'respond',
      }),
    createApp: (define, options = {}) => createExpressApp(create, define, options),
  };
}

function koaFramework(name: string, create: typeof Koa): Framework {
  return {
    name,
    kit: koaKit,
    authenticate: (subject, { optional, skip, credentials, delegated = false } = {}) =>
      koaKit.authenticate(subject, {
        optional,
        skip,
        credentials,
        onRefusal: delegated ? 'throw' : 'respond',
      }),
    createApp: (define, options = {}) => createKoaApp(create, define, options),
  };
}
