import { SCOPE } from '../frame/api-under-test.ts';
import { goProgram } from '../frame/go-program.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR } from './authorization-server.ts';
import type { Doors } from './doors.ts';

export const VERSION = 'v7.15.6';

const NEEDS = 'go, 1.26 or later';

/** The settings of one oauth2-proxy before the API of each framework. */
export interface OAuth2Proxies {
  readonly name: string;
  readonly doors: Doors;
  readonly issuer: string;
  /**
   * The origins that people see, if another front door stands before oauth2-proxy. Default: those
   * of `doors`.
   */
  readonly seenAt?: Doors;
  /** The origin of each API, by the framework's name. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** The API for which the sign-in asks for a token. */
  readonly resource: string;
  /** More flags of the command line. */
  readonly flags: readonly string[];
}

/**
 * Starts the programs, which are built from the Go module proxy. They have one secret for their
 * cookies.
 */
export async function startOAuth2Proxies(
  bench: Workbench,
  { name, doors, seenAt = doors, issuer, upstreams, resource, flags }: OAuth2Proxies,
): Promise<void> {
  const program = await goProgram({
    name: 'oauth2-proxy',
    go: '1.26',
    source: 'github.com/oauth2-proxy/oauth2-proxy/v7',
    version: VERSION,
    needs: NEEDS,
  });
  const starts = Object.entries(doors).map(async ([framework, { port, origin }], index) =>
    startServer(bench, {
      name: `${name}-${index}`,
      needs: NEEDS,
      command: [
        program,
        `--http-address=127.0.0.1:${port}`,
        `--upstream=${upstreams[framework]}`,
        '--provider=oidc',
        `--oidc-issuer-url=${issuer}`,
        // With discovery, oauth2-proxy takes the addresses from the metadata, and drops the
        // parameters of the login URL.
        '--skip-oidc-discovery',
        `--login-url=${issuer}/auth?resource=${encodeURIComponent(resource)}`,
        `--redeem-url=${issuer}/token`,
        `--oidc-jwks-url=${issuer}/jwks`,
        `--client-id=${DOOR.id}`,
        `--client-secret=${DOOR.secret}`,
        `--redirect-url=${seenAt[framework]?.origin}/oauth2/callback`,
        `--scope=openid ${SCOPE}`,
        '--code-challenge-method=S256',
        // The people of this trial have no e-mail address.
        '--oidc-email-claim=sub',
        '--email-domain=*',
        '--cookie-secret=a secret of the trial, 32 bytes.',
        '--cookie-secure=false',
        '--skip-provider-button',
        ...flags,
      ],
      isReady: async () => (await fetch(`${origin}/ready`)).ok,
    }),
  );
  await Promise.all(starts);
}
