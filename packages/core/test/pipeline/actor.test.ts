import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorOf, statedActor } from '../../src/pipeline/actor.ts';

function named(subject: string | undefined, clientId?: string, issuer?: string): object {
  return { profile: 'unknown', subject, clientId, issuer };
}

describe('actorOf', () => {
  it.each([
    { what: 'sub', act: { sub: 'bot' }, expected: named('bot') },
    { what: 'client_id alone', act: { client_id: 'app' }, expected: named(undefined, 'app') },
    {
      what: 'all three',
      act: { sub: 'bot', client_id: 'app', iss: 'https://as.example' },
      expected: named('bot', 'app', 'https://as.example'),
    },
    { what: 'nothing known', act: {}, expected: named(undefined) },
    {
      what: 'members of another type',
      act: { sub: 7, client_id: ['app'], iss: { a: 1 } },
      expected: named(undefined),
    },
    { what: 'a nested string', act: { sub: 'bot', act: 'older' }, expected: named('bot') },
    { what: 'a nested array', act: { sub: 'bot', act: [{ sub: 'x' }] }, expected: named('bot') },
  ])('reads $what', ({ act, expected }) => {
    expect(actorOf({ act })).toEqual({ ...expected, previous: [] });
  });

  it.each([
    [null],
    ['client:app'],
    ['{"sub":"bot"}'],
    [''],
    [7],
    [true],
    [false],
    [[]],
    [[{ sub: 'bot' }]],
  ])('gives an actor without ids for %j, which cannot be read', (act) => {
    expect(actorOf({ act })).toEqual({ ...named(undefined), previous: [] });
    expect(Object.isFrozen(actorOf({ act }))).toBe(true);
  });

  it('gives undefined without the claim', () => {
    expect(actorOf({ sub: 'u-17' })).toBeUndefined();
    expect(actorOf({ act: undefined })).toBeUndefined();
  });

  it('reads what the outermost actor is from the provider’s own claim', () => {
    const act = { sub: 'bot', kind: 'ai', act: { sub: 'older', kind: 'ai' } };
    const profileOf = ({ kind }: Readonly<Record<string, unknown>>) =>
      kind === 'ai' ? 'agent' : 'service';
    expect(actorOf({ act }, profileOf)).toMatchObject({
      subject: 'bot',
      profile: 'agent',
      previous: [{ subject: 'older', profile: 'unknown' }],
    });
    expect(actorOf({ act: { sub: 'job' } }, profileOf)?.profile).toBe('service');
    expect(actorOf({ act: 'bot' }, () => 'agent')?.profile).toBe('unknown');
  });

  it('statedActor makes an actor from another claim than act', () => {
    const actor = statedActor({ clientId: 'copilot', profile: 'agent' });
    expect(actor).toEqual({ ...named(undefined, 'copilot'), profile: 'agent', previous: [] });
    expect(Object.isFrozen(actor)).toBe(true);
  });

  it('[RFC8693-4.1-a] [RFC8693-4.1-b] flattens nested actors, the most recent first', () => {
    const act = { sub: 'now', act: { client_id: 'before', act: { sub: 'first', iss: 'i' } } };
    expect(actorOf({ act })).toEqual({
      ...named('now'),
      previous: [
        { ...named(undefined, 'before'), previous: [] },
        { ...named('first', undefined, 'i'), previous: [] },
      ],
    });
  });

  it('keeps at most seven earlier actors of long and endless chains', () => {
    let act: object = { sub: 'a-0' };
    for (let i = 1; i <= 1000; i++) act = { sub: `a-${i}`, act };
    expect(actorOf({ act })?.previous.map((each) => each.subject)).toEqual(
      [999, 998, 997, 996, 995, 994, 993].map((i) => `a-${i}`),
    );
    const endless: { sub: string; act?: unknown } = { sub: 'me' };
    endless.act = endless;
    expect(actorOf({ act: endless })?.previous).toHaveLength(7);
  });

  it('reads only own members', () => {
    expect(actorOf(Object.create({ act: { sub: 'bot' } }))).toBeUndefined();
    const act: unknown = Object.create({ sub: 'bot', client_id: 'app', act: { sub: 'x' } });
    expect(actorOf({ act })).toEqual({ ...named(undefined), previous: [] });
    const parsed: unknown = JSON.parse('{"__proto__":{"sub":"bot"}}');
    expect(actorOf({ act: parsed })?.subject).toBeUndefined();
  });

  it('gives frozen values that do not change with the claims', () => {
    const act = { sub: 'bot', act: { sub: 'older' } };
    const actor = actorOf({ act });
    act.sub = 'changed';
    expect(actor?.subject).toBe('bot');
    expect(Object.isFrozen(actor)).toBe(true);
    expect(Object.isFrozen(actor?.previous)).toBe(true);
    expect(Object.isFrozen(actor?.previous[0])).toBe(true);
  });

  it('never throws, and gives an actor whenever act is there', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (act) => {
        expect(actorOf({ act })).toBeDefined();
      }),
    );
  });
});
