import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedCommand } from '../src/bounded-command.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});
afterEach(() => expect(vi.getTimerCount()).toBe(0));

const BOUNDS = { timeoutMs: 100, maxInFlight: 2 };

/** A client whose commands wait for an answer of the test. */
function aClient() {
  const waiting: { resolve(reply: unknown): void; reject(cause: unknown): void }[] = [];
  const sent: unknown[] = [];
  const command = (args: readonly string[], key: string) => {
    sent.push([args, key]);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return { command, waiting, sent };
}

describe('a bounded command', () => {
  it('passes on the command, its key and the reply', async () => {
    const { command, waiting, sent } = aClient();
    const reply = boundedCommand(command, BOUNDS)(['GET', 'a'], 'a');
    expect(sent).toEqual([[['GET', 'a'], 'a']]);
    waiting[0]?.resolve('kept');
    await expect(reply).resolves.toBe('kept');
  });

  it.each<readonly [string, () => PromiseLike<unknown>]>([
    ['rejects', () => Promise.reject(new Error('READONLY'))],
    ['gives an error as its reply', async () => new Error('READONLY')],
    [
      'throws',
      () => {
        throw new Error('READONLY');
      },
    ],
  ])('rejects when the client %s, and leaves the place to others', async (_what, command) => {
    const send = boundedCommand(command, { ...BOUNDS, maxInFlight: 1 });
    await expect(send([], '')).rejects.toThrow('READONLY');
    await expect(send([], '')).rejects.toThrow('READONLY');
  });

  it('rejects if there is no reply in time, and not earlier', async () => {
    const { command, waiting } = aClient();
    const outcome = vi.fn();
    boundedCommand(command, BOUNDS)([], '').catch(outcome);
    await vi.advanceTimersByTimeAsync(99);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveBeenCalledWith(
      expect.objectContaining({ name: 'TimeoutError', message: 'Redis took too long' }),
    );
    waiting[0]?.resolve('late');
    await vi.advanceTimersByTimeAsync(0);
  });

  it('rejects a command over the limit at once, and does not send it', async () => {
    const { command, waiting, sent } = aClient();
    const send = boundedCommand(command, BOUNDS);
    const replies = [send([], ''), send([], '')];
    await expect(send([], '')).rejects.toThrow('2 commands are waiting for Redis already');
    expect(sent).toHaveLength(2);
    waiting[0]?.resolve(1);
    await replies[0];
    const third = send([], '');
    expect(sent).toHaveLength(3);
    waiting[1]?.reject(new Error('gone'));
    await expect(replies[1]).rejects.toThrow('gone');
    const fourth = send([], '');
    expect(sent).toHaveLength(4);
    for (const each of waiting) each.resolve(1);
    await Promise.all([third, fourth]);
  });

  it('counts a late command until the client settles it', async () => {
    const { command, waiting, sent } = aClient();
    const send = boundedCommand(command, { ...BOUNDS, maxInFlight: 1 });
    send([], '').catch(() => {});
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(send([], '')).rejects.toThrow('waiting for Redis');
    waiting[0]?.resolve('late');
    await vi.advanceTimersByTimeAsync(0);
    const next = send([], '');
    expect(sent).toHaveLength(2);
    waiting[1]?.resolve(1);
    await next;
  });

  it('frees the place of a command after a minute, only once, whatever the client does later', async () => {
    const { command, waiting, sent } = aClient();
    const send = boundedCommand(command, { ...BOUNDS, maxInFlight: 1 });
    send([], '').catch(() => {});
    await vi.advanceTimersByTimeAsync(100 + 59_999);
    await expect(send([], '')).rejects.toThrow('waiting for Redis');
    await vi.advanceTimersByTimeAsync(1);
    const second = send([], '');
    expect(sent).toHaveLength(2);
    waiting[0]?.resolve('very late');
    await vi.advanceTimersByTimeAsync(0);
    await expect(send([], '')).rejects.toThrow('waiting for Redis');
    waiting[1]?.resolve(1);
    await second;
  });

  it('does not keep the process alive', async () => {
    vi.useRealTimers();
    const timers: NodeJS.Timeout[] = [];
    const real = globalThis.setTimeout;
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((...given: never[]) => {
      const timer = Reflect.apply(real, globalThis, given) as NodeJS.Timeout;
      timers.push(timer);
      return timer;
    }) as never);
    const { command, waiting } = aClient();
    const reply = boundedCommand(command, { timeoutMs: 1, maxInFlight: 1 })([], '');
    await expect(reply).rejects.toThrow('Redis took too long');
    expect(timers.map((timer) => timer.hasRef())).toEqual([false, false]);
    waiting[0]?.resolve(1);
    await new Promise((resolve) => setImmediate(resolve));
    spy.mockRestore();
    vi.useFakeTimers();
  });
});
