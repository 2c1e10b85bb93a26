// Modules without declarations of their own. The older majors are typed as the newer ones: tests use
// only what both have.
declare module 'express4' {
  import express = require('express');
  export = express;
}

declare module 'koa2' {
  import Koa = require('koa');
  export = Koa;
}

declare module 'koa-bodyparser' {
  import type { Middleware } from 'koa';

  function bodyParser(): Middleware;
  export = bodyParser;
}

declare module 'koa-mount' {
  import type Koa from 'koa';

  function mount(path: string, app: Koa): Koa.Middleware;
  export = mount;
}

declare module 'body-parser' {
  import type { RequestHandler } from 'express';
  export function urlencoded(options: { readonly extended: boolean }): RequestHandler;
  export function json(): RequestHandler;
}

declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  /** The part that the tests use of an authorization server. */
  class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
    on(event: string, listener: (context: object, error: Error) => void): void;
    readonly Client: { find(clientId: string): Promise<object | undefined> };
    readonly ResourceServer: new (
      identifier: string,
      data: object,
    ) => object;
    readonly AccessToken: new (
      properties: object,
    ) => { resourceServer: object; scope: string; save(): Promise<string> };
    readonly ClientCredentials: new (
      properties: object,
    ) => { resourceServer: object; extra: object; save(): Promise<string> };
    on(event: 'grant.success', listener: (context: Context) => void): void;
    registerGrantType(
      name: string,
      handler: (context: Context) => Promise<void>,
      parameters: readonly string[],
    ): void;
  }

  interface Context {
    readonly oidc: {
      readonly params?: Readonly<Record<string, unknown>>;
      readonly client?: object;
    };
    body: object;
  }

  // biome-ignore lint/style/noDefaultExport: that is what the module has
  export default Provider;
}
