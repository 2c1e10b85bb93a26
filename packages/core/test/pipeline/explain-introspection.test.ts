import { describe, expect, it } from 'vitest';
import { AUDIENCE, aToken, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import type { IntrospectionOptions } from '../../src/introspection/options.ts';
import type { Explanation } from '../../src/pipeline/explain.ts';
import { oidcProvider } from '../../src/providers/oidc-provider.ts';
import { aResourceServer } from '../resource-servers.ts';

const ACTIVE = {
  active: true,
  sub: 'ada',
  client_id: 'web',
  exp: NOW + 600,
  aud: AUDIENCE,
  scope: 'read',
  token_type: 'Bearer',
  jwt: 'a whole token',
};
const ENDPOINT = `${ISSUER}/introspect`;

function aServer(answer: object | Error, options: Partial<IntrospectionOptions> = {}) {
  return aResourceServer({
    issuer: oidcProvider({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
    audience: AUDIENCE,
    introspection: {
      client: clientSecretBasic('api', 'secret'),
      endpoint: ENDPOINT,
      ...options,
    } as IntrospectionOptions,
    fetch: async () => {
      if (answer instanceof Error) throw answer;
      return Response.json(answer);
    },
  });
}

const way = ({ steps }: Explanation) =>
  steps.map(({ step, outcome }) => `${step}:${outcome}`).join(' ');

describe('explain() of an opaque token', () => {
  it('shows the endpoint and the outcome, and the answer with hidden values', async () => {
    const explanation = await aServer(ACTIVE).explain('opaque', { reveal: ['aud'] });
    expect(explanation).toMatchObject({
      accepted: true,
      kind: 'user',
      issuerName: ISSUER,
      rule: 'sub is not client_id, and no mark of a client is there',
      header: undefined,
      claims: undefined,
    });
    expect(explanation.introspection).toEqual({
      endpoint: ENDPOINT,
      outcome: 'active',
      failure: undefined,
      answer: {
        sub: '[hidden string]',
        client_id: '[hidden string]',
        exp: '[hidden number]',
        aud: AUDIENCE,
        scope: '[hidden string]',
        token_type: '[hidden string]',
      },
    });
    expect(way(explanation)).toBe(
      'token:pass issuer:pass introspection:pass claims:pass principal:pass sender_constraint:pass',
    );
    expect(Object.isFrozen(explanation.introspection)).toBe(true);
  });

  it('shows that the server calls it inactive, and later that this was remembered', async () => {
    const server = aServer({ active: false });
    const first = await server.explain('opaque');
    expect(way(first)).toContain('issuer:pass introspection:fail claims:not_reached');
    expect(first.introspection).toMatchObject({ outcome: 'inactive', answer: {} });
    const second = await server.explain('opaque');
    expect(second.introspection).toMatchObject({ outcome: 'remembered', answer: undefined });
  });

  it('shows why there is no answer', async () => {
    const explanation = await aServer(new Error('down')).explain('opaque');
    expect(explanation.introspection).toEqual({
      endpoint: ENDPOINT,
      outcome: 'unavailable',
      failure: 'network',
      answer: undefined,
    });
    expect(explanation.issuerName).toBe(ISSUER);
    expect(way(explanation)).toContain('introspection:fail');
  });

  it('names the rule that refused the answer', async () => {
    const explanation = await aServer({ ...ACTIVE, sub: 'web' }).explain('opaque');
    expect(explanation.rule).toBe('sub is client_id, which the server never writes for a client');
    expect(way(explanation)).toContain('claims:pass principal:fail');
    expect(explanation.introspection?.outcome).toBe('active');
  });

  it('says that the token is malformed if no issuer introspects', async () => {
    const explanation = await aResourceServer().explain('opaque');
    expect(explanation.introspection).toBeUndefined();
    expect(way(explanation)).toContain('token:fail issuer:not_reached key:not_reached');
  });
});

describe('explain() of a JWT', () => {
  const jwt = aToken();

  it('has no introspection step if the token is not sent to a server', async () => {
    const explanation = await aServer(new Error('nobody asks')).explain(jwt);
    expect([explanation.accepted, explanation.introspection]).toEqual([true, undefined]);
    expect(way(explanation)).not.toContain('introspection');
  });

  it('names the rule for JWTs if the server only confirms it', async () => {
    const explanation = await aServer({ active: true }, { jwts: 'confirm' }).explain(jwt);
    expect(explanation.rule).toBe('sub is not client_id, and no mark of a client is there');
    expect(way(explanation)).toContain('signature:pass introspection:pass claims:pass');
    const bound = aToken({ cnf: { jkt: 'x' } });
    const refused = await aServer({ active: true, sub: 'ada' }, { jwts: 'confirm' }).explain(bound);
    expect(refused.rule).toBe('sub is not client_id, and no mark of a client is there');
  });

  it('names the rule for answers if its claims are read from the answer', async () => {
    const { sub: _sub, ...machine } = ACTIVE;
    const explanation = await aServer(machine, { jwts: 'answer' }).explain(jwt);
    expect([explanation.kind, explanation.rule]).toEqual(['client', 'no sub is there']);
    const odd = await aServer({ ...machine, email: 'a@b.c' }, { jwts: 'answer' }).explain(jwt);
    expect(odd.rule).toBe('no sub is there, but claims of a user are');
  });
});
