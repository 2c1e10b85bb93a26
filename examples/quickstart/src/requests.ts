import type { Tokens } from './tokens.ts';

/** A request to send to each API, and the expected result. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: keyof Tokens | 'none';
  readonly expected: {
    readonly status: number;
    /** Who was seen, as {@link seenAs} says it. */
    readonly seen: string;
    /** `error` of the challenge; `bare` for a challenge without one. */
    readonly challenge: 'none' | 'bare' | 'invalid_token' | 'insufficient_scope';
  };
}

const USER = 'user u-17 via web-app';
const MACHINE = 'client nightly-sync';
const NOBODY = 'nobody';

const invalid = { status: 401, seen: NOBODY, challenge: 'invalid_token' } as const;

/** What the quickstart sends. */
export const REQUESTS: readonly SampleRequest[] = [
  get('/me', 'user', { status: 200, seen: USER, challenge: 'none' }),
  get('/me', 'machine', { status: 403, seen: MACHINE, challenge: 'none' }),
  post('/orders', 'user', { status: 201, seen: USER, challenge: 'none' }),
  post('/orders', 'user, read only', { status: 403, seen: USER, challenge: 'insufficient_scope' }),
  post('/orders', 'machine', { status: 403, seen: MACHINE, challenge: 'none' }),
  post('/export', 'machine', { status: 202, seen: MACHINE, challenge: 'none' }),
  post('/export', 'user', { status: 403, seen: USER, challenge: 'none' }),
  get('/orders', 'user', { status: 200, seen: USER, challenge: 'none' }),
  get('/orders', 'machine', { status: 200, seen: MACHINE, challenge: 'none' }),
  get('/orders', 'none', { status: 401, seen: NOBODY, challenge: 'bare' }),
  get('/orders', 'expired', invalid),
  get('/orders', 'tampered', invalid),
  get('/orders', 'forged', invalid),
  get('/orders', "other API's", invalid),
];

function get(
  path: string,
  token: SampleRequest['token'],
  expected: SampleRequest['expected'],
): SampleRequest {
  return { method: 'GET', path, token, expected };
}

function post(
  path: string,
  token: SampleRequest['token'],
  expected: SampleRequest['expected'],
): SampleRequest {
  return { method: 'POST', path, token, expected };
}
