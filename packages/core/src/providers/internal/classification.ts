import type { Classification } from '../provider.ts';

/** A user, by `rule`; unknown when the user's id is missing. */
export function asUser(
  userId: string | undefined,
  clientId: string | undefined,
  rule: string,
): Classification {
  return userId === undefined ? NO_USER_ID : { kind: 'user', userId, clientId, rule };
}

/** A client, by `rule`; unknown when the client's id is missing. */
export function asClient(clientId: string | undefined, rule: string): Classification {
  return clientId === undefined ? NO_CLIENT_ID : { kind: 'client', clientId, rule };
}

/**
 * A client that is documented to be software acting on its own, by `rule`; unknown when the client's
 * id is missing. `subject` is used instead of `sub`, where the provider names an account of the agent.
 */
export function asAgent(
  clientId: string | undefined,
  rule: string,
  subject?: string,
): Classification {
  if (clientId === undefined) return NO_CLIENT_ID;
  const agent = { kind: 'client', clientId, agent: true, rule } as const;
  return subject === undefined ? agent : { ...agent, subject };
}

/** Neither a user nor a client, or both: the token will be refused. Made once for each rule, since it holds no ids. */
export function asUnknown(rule: string): Classification {
  return Object.freeze({ kind: 'unknown', rule });
}

const NO_USER_ID: Classification = asUnknown('a user, but without an id');
const NO_CLIENT_ID: Classification = asUnknown('a client, but without an id');
