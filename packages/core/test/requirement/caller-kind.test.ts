import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { actor, client, user } from '../../src/requirement/caller-kind.ts';
import { aClient, anActor, aUser, evaluate, untyped } from './principals.ts';

const inPerson = aUser();
const viaBot = aUser({ actor: anActor({ subject: 'bot-1' }) });
const viaBotClient = aUser({ actor: anActor({ clientId: 'bot-client' }) });
const viaNobody = aUser({ actor: anActor() });
const viaBotOnceAgent = aUser({
  actor: anActor({ subject: 'other', previous: [anActor({ subject: 'bot-1' })] }),
});
const machine = aClient();
const machineViaBot = aClient({ actor: anActor({ subject: 'bot-1' }) });

interface Case {
  readonly ids: readonly string[];
  readonly who: string;
  readonly principal: Parameters<typeof evaluate>[1];
  readonly reason: string | undefined;
}

/** The requirement with ids one by one, as routes write them. */
function withIds(build: typeof client, ids: readonly string[]): ReturnType<typeof client> {
  const [first, ...more] = ids;
  return first === undefined ? build() : build(first, ...more);
}

describe('user', () => {
  it.each([
    { viaActor: undefined, who: 'in person', principal: inPerson, reason: undefined },
    { viaActor: undefined, who: 'through a bot', principal: viaBot, reason: undefined },
    { viaActor: undefined, who: 'a machine', principal: machine, reason: 'user_required' },
    { viaActor: 'allow', who: 'through a bot', principal: viaBot, reason: undefined },
    { viaActor: 'refuse', who: 'in person', principal: inPerson, reason: undefined },
    { viaActor: 'refuse', who: 'through a bot', principal: viaBot, reason: 'actor_not_allowed' },
    { viaActor: 'refuse', who: 'nameless', principal: viaNobody, reason: 'actor_not_allowed' },
    { viaActor: 'refuse', who: 'a machine', principal: machine, reason: 'user_required' },
    { viaActor: ['bot-1'], who: 'in person', principal: inPerson, reason: undefined },
    { viaActor: ['bot-1'], who: 'its sub', principal: viaBot, reason: undefined },
    { viaActor: ['bot-client'], who: 'its client id', principal: viaBotClient, reason: undefined },
    { viaActor: ['x'], who: 'another bot', principal: viaBot, reason: 'actor_not_allowed' },
    { viaActor: ['bot'], who: 'a longer id', principal: viaBot, reason: 'actor_not_allowed' },
    { viaActor: ['BOT-1'], who: 'another case', principal: viaBot, reason: 'actor_not_allowed' },
    { viaActor: ['bot-1'], who: 'nameless', principal: viaNobody, reason: 'actor_not_allowed' },
    { viaActor: ['undefined'], who: 'nameless', principal: viaNobody, reason: 'actor_not_allowed' },
    {
      viaActor: ['bot-1'],
      who: 'earlier',
      principal: viaBotOnceAgent,
      reason: 'actor_not_allowed',
    },
    { viaActor: ['bot-1'], who: 'machine', principal: machineViaBot, reason: 'user_required' },
  ] as const)('viaActor $viaActor, $who: $reason', ({ viaActor, principal, reason }) => {
    const requirement = viaActor === undefined ? user() : user({ viaActor });
    expect(evaluate(requirement, principal)?.reason).toBe(reason);
  });

  it('describes itself', () => {
    expect(user().description).toBe('user');
    expect(user({ viaActor: 'refuse' }).description).toBe('user in person');
    expect(user({ viaActor: ['a', 'b'] }).description).toBe(
      'user in person or through actor a or actor b',
    );
    expect(user().scopes).toEqual([]);
  });

  it.each([
    { options: { viaAgents: 'refuse' }, says: 'no option "viaAgents"' },
    { options: { viaActor: 'deny' }, says: "write user({ viaActor: ['deny'] })" },
    { options: { viaActor: [] }, says: "write user({ viaActor: 'refuse' })" },
    { options: { viaActor: false }, says: "'allow', 'refuse' or a list of actors" },
    { options: { viaActor: null }, says: "'allow', 'refuse' or a list of actors" },
    { options: { viaActor: undefined }, says: 'viaActor is undefined' },
    { options: { viaActor: [''] }, says: "write user({ viaActor: ['support-agent'] })" },
    { options: { viaActor: [7] }, says: "write user({ viaActor: ['support-agent'] })" },
    { options: 'u-17', says: 'takes an object' },
    { options: null, says: 'takes an object' },
    { options: ['bot-1'], says: 'takes an object' },
  ])('refuses $options at construction', ({ options, says }) => {
    expect(() => untyped(user, options)).toThrow(ConfigurationError);
    expect(() => untyped(user, options)).toThrow(says);
  });
});

describe('client', () => {
  it.each([
    { ids: [], who: 'a machine', principal: machine, reason: undefined },
    { ids: [], who: 'a user', principal: inPerson, reason: 'client_required' },
    { ids: ['nightly-sync'], who: 'the machine', principal: machine, reason: undefined },
    { ids: ['x', 'nightly-sync'], who: 'the machine', principal: machine, reason: undefined },
    { ids: ['nightly'], who: 'a longer id', principal: machine, reason: 'client_not_listed' },
    { ids: ['Nightly-Sync'], who: 'another case', principal: machine, reason: 'client_not_listed' },
    { ids: ['web-app'], who: 'a user of it', principal: inPerson, reason: 'client_required' },
    {
      ids: ['svc'],
      who: 'a machine with that subject',
      principal: aClient({ subject: 'svc' }),
      reason: 'client_not_listed',
    },
  ] satisfies readonly Case[])('ids $ids, $who: $reason', ({ ids, principal, reason }) => {
    expect(evaluate(withIds(client, ids), principal)?.reason).toBe(reason);
    if (ids.length > 0) expect(evaluate(client(ids), principal)?.reason).toBe(reason);
  });

  it('accepts a list from configuration, and refuses an empty one', () => {
    const listed: readonly string[] = ['a', 'b'];
    expect(client(listed).description).toBe('client a or client b');
    expect(() => client([])).toThrow(ConfigurationError);
    expect(() => client([])).toThrow("write client(['nightly-sync']), or client() for any");
    // @ts-expect-error a spread list may be empty, which would be any client
    expect(client(...listed).description).toBe('client a or client b');
  });

  it('describes itself', () => {
    expect(client().description).toBe('client');
    expect(client('a', 'b').description).toBe('client a or client b');
  });

  it.each([[''], [undefined], [7], [['']], [[undefined]]])('refuses %j at construction', (id) => {
    expect(() => untyped(client, id)).toThrow(ConfigurationError);
    expect(() => untyped(client, id)).toThrow(/write client\(\[?'nightly-sync'\]?\)/);
  });

  it('refuses a list together with an id', () => {
    expect(() => untyped(client, ['a'], 'b')).toThrow("write client('nightly-sync')");
  });
});

describe('actor', () => {
  it.each([
    { ids: [], who: 'in person', principal: inPerson, reason: 'actor_required' },
    { ids: [], who: 'through a bot', principal: viaBot, reason: undefined },
    { ids: [], who: 'nameless', principal: viaNobody, reason: undefined },
    { ids: [], who: 'a machine for a machine', principal: machineViaBot, reason: undefined },
    { ids: ['bot-1'], who: 'its sub', principal: viaBot, reason: undefined },
    { ids: ['bot-client'], who: 'its client id', principal: viaBotClient, reason: undefined },
    { ids: ['bot-2'], who: 'another bot', principal: viaBot, reason: 'actor_required' },
    { ids: ['bot-1'], who: 'an earlier one', principal: viaBotOnceAgent, reason: 'actor_required' },
    { ids: ['bot-1'], who: 'nameless', principal: viaNobody, reason: 'actor_required' },
    { ids: ['u-17'], who: 'the user', principal: inPerson, reason: 'actor_required' },
  ] satisfies readonly Case[])('ids $ids, $who: $reason', ({ ids, principal, reason }) => {
    expect(evaluate(withIds(actor, ids), principal)?.reason).toBe(reason);
    if (ids.length > 0) expect(evaluate(actor(ids), principal)?.reason).toBe(reason);
  });

  it('accepts a list from configuration, and refuses an empty one', () => {
    const listed: readonly string[] = ['a', 'b'];
    expect(actor(listed).description).toBe('actor a or actor b');
    expect(() => actor([])).toThrow("write actor(['support-agent']), or actor() for any");
    // @ts-expect-error a spread list may be empty, which would be any actor
    expect(actor(...listed).description).toBe('actor a or actor b');
  });

  it('describes itself', () => {
    expect(actor().description).toBe('actor');
    expect(actor('a').description).toBe('actor a');
  });

  it('refuses an empty id at construction', () => {
    expect(() => actor('')).toThrow("write actor('support-agent')");
  });
});
