import { createResourceServer } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { ANSWER_SETTINGS, type AnswerSetting } from './answer-settings.ts';
import { ANSWERS, type RecordedAnswer } from './recorded-answer.ts';

// What real servers answered about tokens goes through the presets. Each answer is read as who really
// called; what is about no access token is refused. Every exception stands beside its setting.

const API = 'https://api.parcels.example';

async function read(
  answer: RecordedAnswer['answer'],
  { provider, audience, server: name }: AnswerSetting,
): Promise<string> {
  const { aud = API, exp, iat } = answer;
  const issuers = [answer, ...(ANSWERS.get(name) ?? []).map((each) => each.answer)];
  const iss = issuers.map((each) => each['iss']).find((each) => typeof each === 'string');
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const server = createResourceServer({
    issuer: provider(iss ?? 'https://as.parcels.example') as ReturnType<typeof provider> & {
      audienceClaim: 'required';
    },
    // Every audience that the answer has: the worst case.
    audience: [API, ...audiences.map(String)],
    clock: fakeClock(1_000 * (typeof iat === 'number' ? Math.ceil(iat) : Number(exp ?? 1) - 1)),
    introspection: { ask: () => answer, ...(audience === undefined ? {} : { audience }) },
  });
  try {
    const { kind } = await server.verify('opaque');
    return kind;
  } catch (error) {
    return `refused: ${Reflect.get(Object(error), 'reason')}`;
  } finally {
    server.close();
  }
}

function unbound({ cnf: _bond, ...answer }: RecordedAnswer['answer']): RecordedAnswer['answer'] {
  const isBound = answer['token_type'] === 'DPoP';
  return isBound ? { ...answer, token_type: 'Bearer' } : answer;
}

describe.each(ANSWER_SETTINGS)('$name', (setting) => {
  const { server, refused = {}, operatorWordFalse = {}, byHintAlone = {} } = setting;
  const answers = ANSWERS.get(server) ?? [];

  it('lists as exceptions only answers that are recorded', () => {
    const ids = new Set(answers.map(({ id }) => id));
    const named = [refused, operatorWordFalse, byHintAlone].flatMap(Object.keys);
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
    expect(answers.length).toBeGreaterThan(0);
  });

  it.each(answers)('reads $id of $server $version: $how', async ({ id, kind, answer }) => {
    const reading = await read(unbound(answer), setting);
    if (!answer.active) expect(reading).toBe('refused: token_inactive');
    else if (Object.hasOwn(refused, id)) expect(reading).toMatch(/^refused: (?!token_inactive)/);
    else if (Object.hasOwn(operatorWordFalse, id)) expect(reading).toMatch(/^(user|client)$/);
    else if (Object.hasOwn(byHintAlone, id)) expect(reading).toBe('user');
    else if (kind === 'neither') expect(reading).toMatch(/^refused: /);
    else expect(reading).toBe(kind);
  });

  it('refuses a bound token that comes without a proof', async () => {
    for (const { id, answer } of answers.filter((each) => Object.hasOwn(each.answer, 'cnf'))) {
      expect([id, await read(answer, setting)]).toEqual([id, expect.stringMatching(/^refused: /)]);
    }
  });
});

describe('recorded answers', () => {
  it('are all read, except those of servers that introspect only their own tokens', () => {
    const read = new Set(ANSWER_SETTINGS.map(({ server }) => server));
    const unread = [...ANSWERS.keys()].filter((server) => !read.has(server));
    // Kubernetes answers a TokenReview, which is another form; the mock server called nothing active.
    expect(unread).toEqual(['kubernetes', 'mock-oauth2-server']);
  });
});
