// A separate process that revokes: it makes marks in a store, and sends each to the process that started it.
import { memoryRevocations } from '@authly/core';

// The clock of the tests, which differs from the machine's.
const now = Number(process.argv[2]);
const revocations = memoryRevocations({ clock: { now: () => now } });
revocations.subscribe?.((mark) => process.send?.(mark));
process.on('message', (principalKey: string) => {
  revocations.revokePrincipal(principalKey).catch(() => process.exit(1));
});
process.send?.('ready');
