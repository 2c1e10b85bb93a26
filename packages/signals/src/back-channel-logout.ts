import {
  type Algorithm,
  type Clock,
  ConfigurationError,
  checkOptions,
  type EventListener,
  type HandlerRequest,
  type HandlerResponse,
  isFormError,
  type KeyOptions,
  memoryReplayStore,
  type OptionNames,
  type Provider,
  type ReplayStore,
  readForm,
  type SignalFault,
  systemClock,
} from '@authly/core';
import { createEventSink } from '@authly/core/adapter';
import { createSignedJwtVerifier } from '@authly/core/jwt';
import { type LogoutToken, readLogoutToken } from './logout-token.ts';
import { LOGOUT_ANSWERS, LOGOUT_UNMAPPED } from './signal-answers.ts';
import { type SignalHandler, signalHandler } from './signal-handler.ts';
import { checkStores, verifierOptions } from './signal-options.ts';
import {
  createSignalStores,
  markFault,
  type SignalRevocations,
  type SignalTarget,
} from './signal-stores.ts';
import { verifySignal } from './verify-signal.ts';

/** Options of {@link backChannelLogout}. */
export interface BackChannelLogoutOptions {
  /** The preset of the issuer: `keycloak('https://sso.acme.com/realms/acme')`. */
  readonly issuer: Provider;
  /** The client at the issuer whose back-channel logout URL this is: `aud` of its logout tokens. */
  readonly clientId: string;
  /** Where marks are made: the store of the resource server's `revocation`. */
  readonly revocations: SignalRevocations;
  /**
   * Remembers which logout tokens have come, so that `onEvent` is called once for each. Default: the memory of
   * this process.
   */
  readonly replay?: ReplayStore | undefined;
  /**
   * Whether access tokens carry the `sid` that logout tokens name. Default: what the preset states. Write
   * `true` where you made the issuer add it: by a token hook of Hydra, or by `extraTokenClaims` of
   * oidc-provider.
   */
  readonly sidInAccessTokens?: boolean | undefined;
  /** Called with every event of this package; they are also on the diagnostics channel `authly`. */
  readonly onEvent?: EventListener | undefined;
  /** Accepted algorithms. Default RS256, PS256, ES256, EdDSA, or what the preset states. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** How keys are fetched and kept. */
  readonly keys?: KeyOptions | undefined;
  /** Hosts whose keys may be fetched over http, beside the machine itself. Default: none. */
  readonly allowHttp?: readonly string[] | undefined;
  /** The time. Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the requests for metadata and keys, unless the preset has a `fetch` of its own. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const OPTIONS: OptionNames<BackChannelLogoutOptions> = {
  issuer: true,
  clientId: true,
  revocations: true,
  replay: true,
  sidInAccessTokens: true,
  onEvent: true,
  algorithms: true,
  keys: true,
  allowHttp: true,
  clock: true,
  fetch: true,
};

const LINE =
  "backChannelLogout({ issuer: keycloak('https://sso.acme.com/realms/acme'), clientId: 'web-app', revocations })";
const SOURCE = 'logout';
/** Keycloak and oidc-provider write `logout+jwt`, Hydra and ZITADEL `JWT`, Dex nothing. */
const TYPES = ['logout+jwt', 'JWT', null] as const;

/**
 * The endpoint to which an OpenID provider posts logout tokens (OpenID Connect Back-Channel Logout 1.0):
 * `app.post('/logout', mount(backChannelLogout({ … })))`. It revokes the access tokens of the session that has
 * ended (`sid`). Where only the user is named, or access tokens carry no `sid`, it revokes those of the user
 * (`sub`).
 *
 * Answers 200 after the mark is stored, and 400 otherwise, also during an outage of the store or of the keys
 * (§2.8). **Most providers do not send a logout again.** A logout that names only a session, while access
 * tokens carry none, is 400 too, with the event `revocation.unmapped`, because nothing can be revoked here.
 *
 * Checks: the form with one `logout_token`; `typ`, `iss`, algorithm, signature and times; `aud` is the client;
 * the claims of §2.6. Does not check whether the session is known here.
 *
 * @throws ConfigurationError for options that are missing, unknown or not right.
 */
export function backChannelLogout(options: BackChannelLogoutOptions): SignalHandler {
  const given = checkOptions('backChannelLogout()', options, OPTIONS, LINE);
  const { issuer: preset, clientId, revocations, clock = systemClock } = given;
  checkStores('backChannelLogout()', given, LINE);
  checkIssuerAndClient(given);
  const { issuer } = preset;
  const hasSessions = given.sidInAccessTokens ?? preset.sidInAccessTokens ?? false;
  const algorithms = given.algorithms ?? preset.algorithms;
  const events = createEventSink(given.onEvent);
  const replay = given.replay ?? memoryReplayStore({ clock });
  const stores = createSignalStores({ revocations, replay }, events);
  const verifier = createSignedJwtVerifier({
    ...verifierOptions(given),
    ...(preset.fetch && { fetch: preset.fetch }),
    ...(algorithms && { algorithms }),
    issuer,
    typ: TYPES,
    keys: preset.keys,
  });

  async function received(request: HandlerRequest): Promise<LogoutToken | SignalFault> {
    if (request.method !== 'POST') return 'method_not_allowed';
    const jwt = await logoutTokenOf(request);
    if ('fault' in jwt) return jwt.fault;
    const verified = await verifySignal(verifier, jwt.text);
    if (typeof verified === 'string') return verified;
    return readLogoutToken(verified.claims, { clientId, nowSec: clock.now() / 1_000 });
  }

  function targetOf({ sessionId, subject }: LogoutToken): SignalTarget | undefined {
    if (sessionId !== undefined && hasSessions) return { kind: 'session', issuer, sessionId };
    return subject === undefined ? undefined : { kind: 'subject', issuer, subject };
  }

  function refused(reason: SignalFault): HandlerResponse {
    events.emit({ type: 'signal.refused', source: SOURCE, reason });
    return LOGOUT_ANSWERS.refused(reason);
  }

  async function handle(request: HandlerRequest): Promise<HandlerResponse> {
    const token = await received(request);
    if (typeof token === 'string') return refused(token);
    const target = targetOf(token);
    if (target === undefined) {
      const cause = 'no_session_in_tokens';
      events.emit({ type: 'revocation.unmapped', source: SOURCE, issuer, event: 'logout', cause });
      return LOGOUT_UNMAPPED;
    }
    try {
      // The mark first: if only the id were remembered, the repeated logout would be ignored, and lost.
      await stores.mark([target], { issuedBefore: token.issuedAt, holder: issuer });
      if (await stores.isFirst({ source: SOURCE, issuer, id: token.id })) {
        const marks = [target.kind];
        events.emit({ type: 'signal.accepted', source: SOURCE, issuer, event: 'logout', marks });
      }
    } catch (error) {
      return refused(markFault(error));
    }
    return LOGOUT_ANSWERS.accepted;
  }

  return signalHandler(handle, [verifier]);
}

async function logoutTokenOf(
  request: HandlerRequest,
): Promise<{ readonly text: string } | { readonly fault: SignalFault }> {
  try {
    const form = await readForm(request);
    return { text: form.get('logout_token') ?? '' };
  } catch (error) {
    if (isFormError(error)) return { fault: error.reason };
    throw error;
  }
}

function checkIssuerAndClient(options: BackChannelLogoutOptions): void {
  const { clientId, sidInAccessTokens } = options;
  const issuer: unknown = options.issuer;
  if (typeof issuer !== 'object' || issuer === null || typeof options.issuer.issuer !== 'string') {
    throw new ConfigurationError(
      `backChannelLogout(): issuer must be the preset of the issuer. Write: ${LINE}`,
    );
  }
  if (typeof clientId !== 'string' || clientId === '') {
    throw new ConfigurationError(
      `backChannelLogout(): clientId must be the client whose back-channel logout URL this is, not the audience of the API. Write: ${LINE}`,
    );
  }
  if (sidInAccessTokens !== undefined && typeof sidInAccessTokens !== 'boolean') {
    throw new ConfigurationError(
      'backChannelLogout(): sidInAccessTokens must be true or false. Write: sidInAccessTokens: true, or leave it out',
    );
  }
}
