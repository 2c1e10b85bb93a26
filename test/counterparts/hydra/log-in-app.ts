import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen } from '../../support/requests.ts';
import { memberIn, textIn } from '../frame/json-members.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Hydra } from './server.ts';

// Every Hydra needs an app that tells it who signs in. docs/presets/hydra.md adds a token hook,
// which tells who calls. This app has both. It asks for no password: `login_hint` signs a person
// in.

/** Starts the app. Returns its origin. */
export async function startLogInApp(bench: Workbench, admin: Hydra['admin']): Promise<string> {
  const server = await listen((request, response) => {
    answer(request, response, admin).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  bench.onEnd(() => server.close());
  return server.origin;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admin: Hydra['admin'],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
  if (pathname === '/token-hook') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerTokenHook(await json(request))));
    return;
  }
  const step = pathname.slice(1);
  const query = `/oauth2/auth/requests/${step}`;
  const challenge = `${step}_challenge=${searchParams.get(`${step}_challenge`)}`;
  const asked = await admin('GET', `${query}?${challenge}`);
  const accepted = await admin('PUT', `${query}/accept?${challenge}`, acceptanceOf(step, asked));
  response.writeHead(302, { location: textIn(accepted, 'redirect_to') }).end();
}

function acceptanceOf(step: string, asked: unknown): object {
  if (step === 'login') {
    // Hydra sends logout tokens only for remembered sessions.
    return { subject: textIn(memberIn(asked, 'oidc_context'), 'login_hint'), remember: true };
  }
  if (step === 'logout') return {};
  return {
    grant_scope: memberIn(asked, 'requested_scope'),
    grant_access_token_audience: memberIn(asked, 'requested_access_token_audience'),
  };
}

/**
 * Hydra calls the hook at every grant. The hook also puts the user's session into the access token,
 * for sign-outs.
 */
function answerTokenHook(body: unknown): object {
  const grants = memberIn(memberIn(body, 'request'), 'grant_types');
  const session = memberIn(body, 'session');
  const extra = memberIn(memberIn(memberIn(session, 'id_token'), 'id_token_claims'), 'ext');
  const sid = memberIn(extra, 'sid');
  return {
    session: {
      access_token: { ...objectIn(session, 'extra'), caller_type: callerType(grants), sid },
      id_token: extra ?? {},
    },
  };
}

function callerType(grants: unknown): string {
  const names: readonly unknown[] = Array.isArray(grants) ? grants : [];
  if (names.includes('client_credentials')) return 'machine';
  const isUsers = names.includes('authorization_code') || names.includes('refresh_token');
  return isUsers ? 'human' : 'other';
}

function objectIn(body: unknown, name: string): object {
  const member = memberIn(body, name);
  return typeof member === 'object' && member !== null ? member : {};
}
