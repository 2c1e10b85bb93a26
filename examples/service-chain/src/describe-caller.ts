import type { Principal } from '@authly/express';

/** One line that says who calls and who acts for the caller: `user ada, through billing-api, before it orders-api`. */
export function describeCaller(caller: Principal): string {
  if (caller.kind === 'client') return `client ${caller.clientId}`;
  const { actor } = caller;
  if (actor === undefined) return `user ${caller.userId}, through ${caller.clientId}`;
  const [latest, ...earlier] = [actor, ...actor.previous].map(({ subject }) => subject);
  const before = earlier.map((name) => `, before it ${name}`).join('');
  return `user ${caller.userId}, through ${latest}${before}`;
}
