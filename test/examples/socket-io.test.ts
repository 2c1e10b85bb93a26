import { memoryRevocations } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { createApp } from '@authly-examples/socket-io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { bearer, started } from '../sockets/ws-server.ts';
import { AUDIENCE, aClock, aToken, ISSUER, issuer, NOW } from '../support/tokens.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

async function anExample() {
  const clock = aClock();
  const revocations = memoryRevocations({ clock });
  const app = createApp({
    issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
    audience: AUDIENCE,
    revocations,
    clock,
  });
  const origin = `http://127.0.0.1:${await started(app)}`;
  const open = (token: string | undefined, transports = ['websocket']) => {
    const socket = io(origin, {
      transports,
      reconnection: false,
      forceNew: true,
      ...(token !== undefined && { extraHeaders: bearer(token) }),
    });
    sockets.push(socket);
    return socket;
  };
  return { clock, revocations, open };
}

/** The first event. */
const told = <Value>(socket: Socket, event: string) =>
  new Promise<Value>((resolve) => socket.once(event, resolve));

const chatting = { scope: 'chat' };

describe('examples/socket-io', () => {
  it('lets callers talk, and disconnects one who was revoked', async () => {
    const { open, revocations } = await anExample();
    const [ada, grace] = [open(aToken(chatting)), open(aToken({ ...chatting, sub: 'grace' }))];
    await Promise.all([told(ada, 'connect'), told(grace, 'connect')]);
    const heard = told(grace, 'said');
    ada.emit('say', 'hello');
    expect(await heard).toMatchObject({ text: 'hello', by: expect.stringContaining('ada') });
    const [ended, gone] = [told(ada, 'session-ended'), told(ada, 'disconnect')];
    await revocations.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    expect(await ended).toBe('token revoked');
    expect(await gone).toBe('io server disconnect');
    expect(grace.connected).toBe(true);
  });

  it('takes no value for a text, which could end the process', async () => {
    const { open } = await anExample();
    const ada = open(aToken(chatting));
    await told(ada, 'connect');
    const heard: unknown[] = [];
    ada.on('said', ({ text }) => heard.push(text));
    for (const value of [{ toString: 0, valueOf: 0 }, null, 7, ['a']]) {
      ada.emit('say', value);
      expect(await ada.emitWithAck('renew', value)).toEqual({ renewed: false });
    }
    ada.emit('say');
    const last = told(ada, 'said');
    ada.emit('say', 'hello');
    expect(await last).toMatchObject({ text: 'hello' });
    expect(heard).toEqual(['hello']);
  });

  it('asks for a renewal, and goes on with it until that expires', async () => {
    const { open, clock } = await anExample();
    const ada = open(aToken({ ...chatting, exp: NOW + 90 }));
    await told(ada, 'connect');
    const due = told(ada, 'renewal-due');
    clock.advanceSec(30);
    await due;
    const renewed = (token: string) => ada.emitWithAck('renew', token);
    expect(await renewed(aToken({ ...chatting, sub: 'mallory' }))).toEqual({ renewed: false });
    expect(await renewed(aToken({ ...chatting, exp: NOW + 300 }))).toEqual({ renewed: true });
    const ended = told(ada, 'session-ended');
    clock.advanceSec(270);
    expect(await ended).toBe('token expired');
  });

  it.each<readonly [string, string | undefined, string[]]>([
    ['no token', undefined, ['websocket']],
    ['no scope', aToken({ scope: 'other' }), ['websocket']],
    ['an expired token', aToken({ ...chatting, exp: NOW - 60 }), ['websocket']],
    ['long polling', aToken(chatting), ['polling']],
  ])('lets nobody in with %s', async (_what, token, transports) => {
    const { open } = await anExample();
    const error = await told<Error>(open(token, transports), 'connect_error');
    expect(error.message).toMatch(/websocket error|xhr poll error/);
  });
});
