import { SCOPE } from '../frame/api-under-test.ts';
import { goProgram } from '../frame/go-program.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR } from './authorization-server.ts';
import type { Doors } from './doors.ts';

export const VERSION = 'v7.15.6';

const NEEDS = 'go, 1.26 or later';

/** An oauth2-proxy before the API of each framework. */
export interface OAuth2Proxies {
  readonly name: string;
  readonly doors: Doors;
  readonly issuer: string;
  /** Where people meet them, when that is elsewhere: behind another front door. */
  readonly seenAt?: Doors;
  /** Where the APIs are, by the framework's name. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** Which API the sign-in asks a token for. */
  readonly resource: string;
  /** What is written beside that. */
  readonly flags: readonly string[];
}

/** Starts them, from the Go module proxy. They share the secret of their cookies. */
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
        // With discovery the addresses are those of the metadata, and what a login URL asks for is dropped.
        '--skip-oidc-discovery',
        `--login-url=${issuer}/auth?resource=${encodeURIComponent(resource)}`,
        `--redeem-url=${issuer}/token`,
        `--oidc-jwks-url=${issuer}/jwks`,
        `--client-id=${DOOR.id}`,
        `--client-secret=${DOOR.secret}`,
        `--redirect-url=${seenAt[framework]?.origin}/oauth2/callback`,
        `--scope=openid ${SCOPE}`,
        '--code-challenge-method=S256',
        // The trial's people have no address.
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
