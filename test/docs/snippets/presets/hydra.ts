// #region server
import { createResourceServer } from '@authly/express';
import { hydra } from '@authly/express/providers';

const issuer = hydra({
  issuer: 'https://acme.projects.oryapis.com',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });
// #endregion

interface HookBody {
  readonly request: { readonly grant_types: readonly string[] };
  readonly session: {
    readonly extra?: Readonly<Record<string, unknown>>;
    readonly id_token?: {
      readonly id_token_claims?: { readonly ext?: Readonly<Record<string, unknown>> };
    };
  };
}

// #region hook
function answerTokenHook({ request, session }: HookBody) {
  return {
    session: {
      access_token: { ...session.extra, caller_type: callerType(request.grant_types) },
      id_token: session.id_token?.id_token_claims?.ext ?? {},
    },
  };
}

function callerType(grants: readonly string[]): string {
  if (grants.includes('client_credentials')) return 'machine';
  const isUsers = grants.includes('authorization_code') || grants.includes('refresh_token');
  return isUsers ? 'human' : 'other';
}
// #endregion

// #region disjoint
const withoutHook = hydra({
  issuer: 'https://acme.projects.oryapis.com',
  subjectNamespaces: 'disjoint',
});

// #endregion

export { answerTokenHook, issuer, resourceServer, withoutHook };
