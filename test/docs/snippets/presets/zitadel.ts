// #region server
import { createResourceServer } from '@authly/express';
import { zitadel } from '@authly/express/providers';

const issuer = zitadel({
  issuer: 'https://acme.zitadel.cloud',
  projectId: '301877700001',
  classify: ({ caller_type: type, 'urn:zitadel:iam:user:resourceowner:id': organization }) => {
    if (organization !== '301870000009') return 'refuse';
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: '301877700001' });

// #endregion

interface Context {
  readonly v1: { getUser(): { readonly human?: unknown; readonly machine?: unknown } };
}

interface Api {
  readonly v1: { readonly claims: { setClaim(name: string, value: string): void } };
}

// #region action
function callerType(ctx: Context, api: Api) {
  const user = ctx.v1.getUser();
  if (user.human) api.v1.claims.setClaim('caller_type', 'human');
  else if (user.machine) api.v1.claims.setClaim('caller_type', 'machine');
}

// #endregion

export { callerType, issuer, resourceServer };
