import { describe, expect, it } from 'vitest';
import { classifyByEntra } from '../../../src/providers/internal/entra-classify.ts';

const user = { oid: 'o1', sub: 's1', scp: 'read' };
const client = { oid: 'o2', sub: 'o2' };

describe('the rule of a token of Entra, as explain shows it', () => {
  it.each([
    [{ ...user, idtyp: 'user' }, 'idtyp is user'],
    [user, 'scopes are there, and oid is not sub'],
    [{ ...client, idtyp: 'app' }, 'idtyp is app'],
    [{ ...client, idtyp: 'app', xms_act_fct: '11' }, 'idtyp is app, and the facets say an agent'],
    [client, 'no scopes, and oid is sub'],
    [{ ...client, xms_sub_fct: '11' }, 'no scopes, and xms_sub_fct says an agent'],
    [{ ...user, xms_sub_fct: '13' }, "xms_sub_fct says an agent's user account"],
  ])('for %j names the claim by which it was read', (claims, rule) => {
    expect(classifyByEntra(claims, 'web').rule).toBe(rule);
  });

  it.each([
    [{ oid: 'o1', scp: 'read' }, /^oid or sub is missing/],
    [{ ...user, oid: undefined }, /^oid or sub is missing/],
    [{ ...user, scp: 7 }, /scp is no text$/],
    [{ ...user, xms_act_fct: 11 }, /another type than documented$/],
    [{ ...user, idtyp: 'device' }, /^idtyp names neither/],
    [{ ...client, idtyp: 'app', scp: 'read' }, /^idtyp is app, but scopes/],
    [{ ...client, idtyp: 'app', xms_sub_fct: '13' }, /^idtyp is app, but xms_sub_fct/],
    [{ ...user, xms_sub_fct: '11' }, /but xms_sub_fct says an agent$/],
    [{ ...client, scp: 'read' }, /do not agree on a kind$/],
    [{ oid: 'o1', sub: 's1' }, /do not agree on a kind$/],
  ])('for %j says why it is refused', (claims, rule) => {
    const classification = classifyByEntra(claims as Parameters<typeof classifyByEntra>[0], 'web');
    expect(classification.kind).toBe('unknown');
    expect(classification.rule).toMatch(rule);
  });
});
