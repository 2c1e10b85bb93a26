import { Socket } from 'node:net';
import { afterAll, afterEach, vi } from 'vitest';

// Two things that a test must not do by accident: write to the console, and connect to another machine.
// Both are noted when they happen and fail the test that did them, so that code which swallows
// exceptions cannot hide them. A test that expects a console call replaces that method itself
// (`vi.spyOn(console, 'warn').mockImplementation(…)`).

// Test files share a process, one after the other: what is set here once stays set.
const SEEN = Symbol.for('authly tests: unexpected');
const shared: typeof globalThis & { [SEEN]?: string[] } = globalThis;
const isFirstFile = shared[SEEN] === undefined;
const unexpected = shared[SEEN] ?? [];
shared[SEEN] = unexpected;

// Servers that another file left open are no duplicates of this one's.
const servers: unknown = Reflect.get(globalThis, Symbol.for('@authly/core:resource-servers'));
if (typeof servers === 'object' && servers !== null && 'counts' in servers) {
  if (servers.counts instanceof Map) servers.counts.clear();
  Object.assign(servers, { warned: false });
}

for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...args: unknown[]) => {
    unexpected.push(`console.${method}(${args.map(String).join(', ')})`);
  };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;

if (isFirstFile) {
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function connectToLoopback(this: Socket, ...args: unknown[]) {
    const host = hostOf(args);
    if (host !== undefined && !LOOPBACK.test(host)) {
      unexpected.push(`a connection to ${host}`);
      throw new Error(`tests connect to loopback only, not to ${host}`);
    }
    return Reflect.apply(connect, this, args);
  };
}

// `vi.waitFor` gives up after one second, which a busy machine may take. This bound is for a hang, not for speed.
const HANG_MS = 15_000;
const PATIENT = Symbol.for('authly tests: patient');

if (!(PATIENT in vi.waitFor)) {
  const { waitFor } = vi;
  const waitForLonger: typeof waitFor = (callback, options) => {
    const given = typeof options === 'number' ? { timeout: options } : options;
    return waitFor(callback, { timeout: HANG_MS, ...given });
  };
  vi.waitFor = Object.assign(waitForLonger, { [PATIENT]: true });
}

afterEach(failOnUnexpected);
afterAll(failOnUnexpected);

function failOnUnexpected(): void {
  const seen = unexpected.splice(0);
  if (seen.length > 0) throw new Error(`unexpected: ${seen.join('; ')}`);
}

/** The host of the many forms of `socket.connect(…)`; `undefined` for a path, or the default (localhost). */
function hostOf(args: readonly unknown[]): string | undefined {
  // `net.connect` hands over its already normalized arguments as one array.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    const host = 'host' in first ? first.host : undefined;
    return typeof host === 'string' ? host : undefined;
  }
  return typeof first === 'number' && typeof second === 'string' ? second : undefined;
}
