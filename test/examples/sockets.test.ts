import { once } from 'node:events';
import { memoryRevocations } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { createApp } from '@authly-examples/sockets';
import { EventSource } from 'eventsource';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aClient, bearer, started } from '../sockets/ws-server.ts';
import { AUDIENCE, aClock, aToken, ISSUER, issuer, NOW } from '../support/tokens.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function anExample() {
  const clock = aClock();
  const app = createApp({
    issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
    audience: AUDIENCE,
    revocations: memoryRevocations({ clock }),
    clock,
  });
  const port = await started(app);
  return { clock, origin: `http://127.0.0.1:${port}`, chat: `ws://127.0.0.1:${port}/chat` };
}

const chatting = { scope: 'chat read:news write:news' };

/** A client of the chat, as a page of a browser opens it, and what it hears. */
async function joined(url: string, token: string) {
  const client = aClient(url, { protocols: ['chat.v1', `bearer.${token}`] });
  const heard: Record<string, unknown>[] = [];
  client.ws.on('message', (data) => heard.push(JSON.parse(String(data))));
  expect(await client.outcome).toBe('open');
  const send = (message: object) => client.ws.send(JSON.stringify(message));
  return { ...client, heard, send };
}

describe('examples/sockets', () => {
  it('lets callers talk, and closes the sockets of one who logs out everywhere', async () => {
    const { origin, chat } = await anExample();
    const token = aToken(chatting);
    const [ada, grace] = [
      await joined(chat, token),
      await joined(chat, aToken({ ...chatting, sub: 'grace' })),
    ];
    ada.send({ type: 'say', text: 'hello' });
    await vi.waitFor(() => expect(grace.heard).toMatchObject([{ type: 'said', text: 'hello' }]));
    const response = await fetch(`${origin}/log-out-everywhere`, {
      method: 'POST',
      headers: bearer(token),
    });
    expect(response.status).toBe(204);
    expect(await ada.closed).toEqual([1008, 'token revoked']);
    grace.send({ type: 'say', text: 'still here' });
    await vi.waitFor(() => expect(grace.heard).toHaveLength(2));
  });

  it('takes no value for a text, which could end the process', async () => {
    const { chat } = await anExample();
    const ada = await joined(chat, aToken(chatting));
    for (const value of [{ toString: 0, valueOf: 0 }, null, 7, ['a'], undefined]) {
      ada.send({ type: 'say', text: value });
      ada.send({ type: 'renew', token: value });
    }
    ada.send({ type: 'say', text: 'hello' });
    await vi.waitFor(() =>
      expect(ada.heard).toContainEqual(expect.objectContaining({ text: 'hello' })),
    );
    await vi.waitFor(() => expect(ada.heard).toHaveLength(6));
    const refused = { type: 'not-renewed' };
    expect(ada.heard.filter(({ type }) => type !== 'said')).toEqual(Array(5).fill(refused));
  });

  it('asks for a renewal in time, and continues with the new token', async () => {
    const { clock, chat } = await anExample();
    const ada = await joined(chat, aToken({ ...chatting, exp: NOW + 90 }));
    clock.advanceSec(30);
    await vi.waitFor(() => expect(ada.heard).toEqual([{ type: 'renewal-due' }]), 3_000);
    ada.send({ type: 'renew', token: aToken({ ...chatting, sub: 'mallory' }) });
    ada.send({ type: 'renew', token: aToken({ ...chatting, exp: NOW + 300 }) });
    await vi.waitFor(() => {
      expect(ada.heard.slice(1)).toEqual([
        { type: 'not-renewed' },
        { type: 'renewed', until: NOW + 300 },
      ]);
    });
    clock.advanceSec(270);
    expect(await ada.closed).toEqual([1008, 'token expired']);
  });

  it('refuses clients without a token or without the scope, and cuts connections to another URL', async () => {
    const { chat } = await anExample();
    expect(await aClient(chat, { headers: bearer(aToken()) }).outcome).toBe(403);
    expect(
      await aClient(`${chat}?access_token=${aToken(chatting)}`).outcome.catch(() => 'cut'),
    ).toBe('cut');
    expect(await aClient(chat).outcome).toBe(401);
  });

  it('streams news until the token expires', async () => {
    const { clock, origin } = await anExample();
    const headers = bearer(aToken(chatting));
    const source = new EventSource(`${origin}/news`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
    });
    closers.push(() => source.close());
    const news: string[] = [];
    source.addEventListener('message', ({ data }) => news.push(data));
    const ended = once(source as never, 'session-ended');
    await once(source as never, 'open');
    await fetch(`${origin}/news`, { method: 'POST', headers, body: 'it works' });
    await vi.waitFor(() => expect(news).toEqual(['it works']));
    clock.advanceSec(700);
    await ended;
  });
});
