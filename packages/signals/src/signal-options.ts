import {
  type Clock,
  ConfigurationError,
  type EventListener,
  type KeyOptions,
  type ReplayStore,
} from '@authly/core';
import type { SignalRevocations } from './signal-stores.ts';
import type { CommonVerifierOptions } from './transmitter.ts';

/** The options that both handlers have. */
interface CommonOptions {
  readonly revocations: SignalRevocations;
  readonly replay?: ReplayStore | undefined;
  readonly onEvent?: EventListener | undefined;
  readonly keys?: KeyOptions | undefined;
  readonly allowHttp?: readonly string[] | undefined;
  readonly clock?: Clock | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const METHODS = [
  'revokeToken',
  'revokeSession',
  'revokeSubject',
  'revokePrincipal',
  'revokeClient',
] as const;

/** Checks that the stores are stores. Throws `ConfigurationError`. */
export function checkStores(
  owner: string,
  { revocations, replay }: Pick<CommonOptions, 'revocations' | 'replay'>,
  line: string,
): void {
  const given: unknown = revocations;
  const isObject = typeof given === 'object' && given !== null;
  if (!isObject || METHODS.some((name) => typeof revocations[name] !== 'function')) {
    throw new ConfigurationError(
      `${owner}: revocations must be the store that the resource server asks, with ${METHODS.join(', ')}, such as memoryRevocations(). Write: ${line}`,
    );
  }
  if (replay !== undefined && typeof replay?.reserve !== 'function') {
    throw new ConfigurationError(
      `${owner}: replay must be a store with reserve(). Write: replay: memoryReplayStore(), or leave it out`,
    );
  }
}

/** The options that every verifier of a handler gets. */
export function verifierOptions({
  keys,
  allowHttp,
  clock,
  fetch,
  onEvent,
}: CommonOptions): CommonVerifierOptions {
  return {
    ...(keys && { keyOptions: keys }),
    ...(allowHttp && { allowHttp }),
    ...(clock && { clock }),
    ...(fetch && { fetch }),
    ...(onEvent && { onEvent }),
  };
}
