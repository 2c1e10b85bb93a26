import type { RequestListener } from 'node:http';
import type { RouteDescription } from '@authly/core';
import { admissionOf } from '@authly/core/adapter';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import { Router as KoaRouter } from '@koa/router';
import express5 from 'express';
import express4 from 'express4';
import fc from 'fast-check';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { listen } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

// The description is compared with what happens: apps are made at random, every guard needs a scope
// of its own, and each route says which guards a request has passed on its way.

const PLAIN = ['/', '/a', '/b', '/:p', '/a/:p', '/a/', '/a/:p/'] as const;
/** With what a description cannot tell in every case; as Express 5 and `@koa/router` write it. */
const WILD = [
  ...PLAIN,
  '/A',
  '/*rest',
  '/a/*rest',
  '/a/*rest/',
  '/a{/:p}',
  '/:p/b',
  '/{:p}',
] as const;

type Path = (typeof WILD)[number];

type Piece =
  | { readonly kind: 'guard'; readonly path: Path | undefined }
  | { readonly kind: 'route'; readonly path: Path; readonly guards: number; readonly all: boolean }
  | { readonly kind: 'guards'; readonly path: Path }
  | {
      readonly kind: 'router';
      readonly path: Path;
      readonly strict: boolean;
      readonly sensitive: boolean;
      readonly pieces: readonly Piece[];
    };

function piecesAt(paths: readonly Path[], sensitive: fc.Arbitrary<boolean>) {
  const path = fc.constantFrom(...paths);
  const { pieces } = fc.letrec<{ piece: Piece; pieces: Piece[] }>((tie) => ({
    piece: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constant('guard' as const), path: fc.option(path, { nil: undefined }) }),
      fc.record({
        kind: fc.constant('route' as const),
        path,
        guards: fc.integer({ min: 0, max: 2 }),
        all: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('guards' as const), path }),
      fc.record({
        kind: fc.constant('router' as const),
        path,
        strict: fc.boolean(),
        sensitive,
        pieces: tie('pieces'),
      }),
    ),
    pieces: fc.array(tie('piece'), { maxLength: 5 }),
  }));
  return pieces;
}

const server = aResourceServer();
const MAX_GUARDS = 200;
const scopes = Array.from({ length: MAX_GUARDS }, (_unused, index) => `s${index}`);
const token = aUserToken({ scope: scopes.join(' ') });

/** Requests that find routes of every nesting, and some that find none. */
const PLACES = [
  ...pathsOf(['a', 'b', 'A'], 3),
  // A slash more or less at the end may evade a guard.
  ...pathsOf(['a', 'b'], 2).flatMap((place) => [`${place}/`, `${place}//`]),
  '//a',
  '/a//b',
];

function pathsOf(alphabet: readonly string[], depth: number): readonly string[] {
  const all = [''];
  for (const start of all) {
    if (start.split('/').length > depth) continue;
    for (const letter of alphabet) all.push(`${start}/${letter}`);
  }
  return all.map((place) => place || '/');
}

interface Built {
  readonly listener: RequestListener;
  readonly described: readonly RouteDescription[];
}

/** Hands out guards, each with a scope of its own, and numbers for routes. */
function counters() {
  let guards = 0;
  let routes = 0;
  return { nextScope: () => scopes[guards++ % MAX_GUARDS] ?? '', nextRoute: () => routes++ };
}

function passedBy(carrier: object): readonly string[] {
  return admissionOf(carrier)?.passed.map(({ description }) => description) ?? [];
}

function buildExpress(create: typeof express5, all: readonly Piece[]): Built {
  const { nextScope, nextRoute } = counters();
  const guard = () => expressKit.requireScope(nextScope());
  const add = (target: express5.Router, list: readonly Piece[]) => {
    for (const piece of list) {
      if (piece.kind === 'guard') {
        if (piece.path === undefined) target.use(guard());
        else target.use(piece.path, guard());
      } else if (piece.kind === 'guards') {
        target.all(piece.path, guard());
      } else if (piece.kind === 'router') {
        const router = create.Router({ strict: piece.strict, caseSensitive: piece.sensitive });
        add(router, piece.pieces);
        target.use(piece.path, router);
      } else {
        const id = nextRoute();
        const guards = Array.from({ length: piece.guards }, guard);
        const handler: express5.RequestHandler = (request, response) => {
          response.json({ id, passed: passedBy(request) });
        };
        if (piece.all) target.all(piece.path, ...guards, handler);
        else target.get(piece.path, ...guards, handler);
      }
    }
  };
  const app = create();
  app.use(expressKit.authenticate(server));
  add(app, all);
  return { listener: app, described: expressKit.describeRequirements(app) };
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function buildKoa(all: readonly Piece[]): Built {
  const { nextScope, nextRoute } = counters();
  const guard = () => koaKit.requireScope(nextScope());
  const add = (router: KoaRouter, list: readonly Piece[]) => {
    for (const piece of list) {
      if (piece.kind === 'guard') {
        if (piece.path === undefined) router.use(guard());
        else router.use(piece.path, guard());
      } else if (piece.kind === 'guards') {
        router.all(piece.path, guard());
      } else if (piece.kind === 'router') {
        const inner = new KoaRouter({ strict: piece.strict, sensitive: piece.sensitive });
        add(inner, piece.pieces);
        // Some nestings the router itself cannot do: those are no cases.
        const nest = () => inner.stack.length === 0 || router.use(piece.path, inner.routes());
        fc.pre(succeeds(nest));
      } else {
        const id = nextRoute();
        const guards = Array.from({ length: piece.guards }, guard);
        const handler = (context: Koa.Context) => {
          context.body = { id, passed: passedBy(context) };
        };
        if (piece.all) router.all(piece.path, ...guards, handler);
        else router.get(piece.path, ...guards, handler);
      }
    }
  };
  const app = new Koa();
  app.use(koaKit.authenticate(server));
  const router = new KoaRouter();
  add(router, all);
  app.use(router.routes());
  return { listener: app.callback(), described: koaKit.describeRequirements(app) };
}

interface Met {
  readonly place: string;
  /** What the route says of itself, and which guards the request has passed. */
  readonly route: RouteDescription | undefined;
  readonly said: readonly string[];
  readonly passed: readonly string[];
}

/** Builds apps at random, and sends a request to each place of each that has a route. */
async function compare(
  pieces: fc.Arbitrary<Piece[]>,
  build: (all: readonly Piece[]) => Built,
  check: (met: Met) => void,
): Promise<void> {
  const property = fc.asyncProperty(pieces, async (all) => {
    const { listener, described } = build(all);
    const running = await listen(listener);
    try {
      for (const place of PLACES) {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(running.origin + place, { headers });
        if (response.status === 404) continue;
        const { id, passed } = (await response.json()) as { id: number; passed: string[] };
        const route = described[id];
        const said = route?.requirements.map(({ description }) => description) ?? ['nothing'];
        expect(route?.authenticated).toBe(true);
        check({ place, route, said, passed });
      }
    } finally {
      running.close();
    }
  });
  await fc.assert(property, { numRuns: 40 });
}

const EXPRESS_5 = {
  name: 'Express 5',
  build: (all: readonly Piece[]) => buildExpress(express5, all),
};
const KOA = { name: '@koa/router', build: buildKoa };

describe.each([
  { name: 'Express 4', build: (all: readonly Piece[]) => buildExpress(express4, all) },
  EXPRESS_5,
  KOA,
])('describeRequirements in $name', ({ build }) => {
  it('says of every route which guards its requests pass, and nothing wrong', async () => {
    const plain = piecesAt(PLAIN, fc.constant(false));
    await compare(plain, build, ({ place, route, said, passed }) => {
      // Other capitals, and slashes at the end, may evade a guard, but only where there is a warning.
      const isOther = place !== place.toLowerCase() || place.endsWith('/');
      if (route && route.warnings.length > 0 && isOther) return;
      // What is not known for sure may come on top, but only where that is said.
      expect([place, ...passed]).toEqual(expect.arrayContaining([place, ...said]));
      // With a slash at its end, a request may meet guards of `/a/` that one without it does not.
      if (route?.unknown.length === 0 && !place.endsWith('/')) expect(said).toEqual(passed);
    });
  }, 60_000);
});

describe.each([EXPRESS_5, KOA])('describeRequirements of wildcards in $name', ({ build }) => {
  it('says of no route that its requests pass a guard which some evade, without a warning', async () => {
    await compare(piecesAt(WILD, fc.boolean()), build, ({ place, route, said, passed }) => {
      if (route && route.warnings.length > 0) return;
      expect([place, ...passed]).toEqual(expect.arrayContaining([place, ...said]));
    });
  }, 60_000);
});
