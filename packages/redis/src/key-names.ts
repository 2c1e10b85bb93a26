import { ConfigurationError } from '@authly/core';

/** The names of the keys of one application. */
export interface KeyNames {
  /** A proof that was used. */
  replay(id: string): string;
  /** An introspection answer. */
  introspection(id: string): string;
  /** A hash: the marks, each in a field. */
  readonly marks: string;
  /** A sorted set: until when each mark is kept. */
  readonly until: string;
  /** A stream: which marks were made and removed lately. */
  readonly log: string;
  /** A text: what the processes that share the marks are set to. */
  readonly settings: string;
  /** A hash with the holders of marks that were not made for the application itself. */
  readonly holders: string;
  /** A hash: how many marks each of them has. */
  readonly held: string;
}

/** The version of the entries' form. Versions of this package with another form use other names. */
const FORMAT = 1;
const PREFIX = /^[\w.:-]{1,100}$/;

/**
 * Names below a prefix. Those of marks have a hash tag, so that a cluster keeps all of them on one node, and
 * one script can change them in one step.
 *
 * @throws ConfigurationError when the prefix is not one.
 */
export function keyNames(prefix: string): KeyNames {
  const given: unknown = prefix;
  if (typeof given !== 'string' || !PREFIX.test(given)) {
    throw new ConfigurationError(
      "redisStores(): prefix must have 1 to 100 letters, digits, _ . : and -. It keeps this application's keys apart from those of others. Write: prefix: 'orders'",
    );
  }
  const marks = `{${prefix}:${FORMAT}:v}`;
  return {
    replay: (id) => `${prefix}:${FORMAT}:r:${id}`,
    introspection: (id) => `${prefix}:${FORMAT}:i:${id}`,
    marks: `${marks}:marks`,
    until: `${marks}:until`,
    log: `${marks}:log`,
    settings: `${marks}:settings`,
    holders: `${marks}:holders`,
    held: `${marks}:held`,
  };
}
