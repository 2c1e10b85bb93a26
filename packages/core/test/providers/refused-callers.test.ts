import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../src/model/principal.ts';
import {
  buildkite,
  circleci,
  clerk,
  cognito,
  descope,
  githubActions,
  gitlab,
  google,
  type Provider,
  supabase,
  vercel,
} from '../../src/providers/index.ts';
import { checkClaims } from '../../src/token/claims.ts';
import { NO_KEYS } from './token-table.ts';

const NOW_SEC = 1_800_000_000;
const times = { iat: NOW_SEC - 10, exp: NOW_SEC + 600 };

const pool = cognito({
  userPoolId: 'eu-west-1_Zk3Pq9',
  clientIds: ['web'],
  resources: ['urn:api'],
  jwks: NO_KEYS,
});
const session = clerk({
  issuer: 'https://clerk.acme.com',
  authorizedParties: ['https://app.acme.com'],
  jwks: NO_KEYS,
});
const accounts = google({ serviceAccounts: ['sync@acme.iam.gserviceaccount.com'], jwks: NO_KEYS });
const workflows = githubActions({
  repositoryOwnerIds: ['4411'],
  repositoryIds: ['90210'],
  jwks: NO_KEYS,
});
const ORGANIZATION = '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f';
const jobs = gitlab({ namespaceIds: ['72'], projectIds: ['20'], jwks: NO_KEYS });
const builds = buildkite({ organizationIds: ['o1'], pipelineIds: ['p1'], jwks: NO_KEYS });
const circles = circleci({
  organizationId: ORGANIZATION,
  projectIds: ['p1'],
  vcsOrigins: ['github.com/acme/router'],
  jwks: NO_KEYS,
});
const deployments = vercel({
  issuer: 'https://oidc.vercel.com/acme',
  ownerIds: ['team_1'],
  projectIds: ['prj_1'],
  jwks: NO_KEYS,
});
const people = supabase({
  issuer: 'https://abc.supabase.co/auth/v1',
  clientIds: ['app1'],
  jwks: NO_KEYS,
});
const project = descope({ projectId: 'P2abc', classify: () => 'user', jwks: NO_KEYS });

const access = { sub: 'u', username: 'ada', token_use: 'access', client_id: 'web', ...times };
const identity = { sub: 'u', aud: 'web', token_use: 'id', 'cognito:username': 'ada', ...times };
const user = { sub: 'user_1', azp: 'https://app.acme.com', sid: 'sess_1', ...times };
const machine = { sub: '17', azp: '17', aud: 'urn:api', email_verified: true, ...times };
const workflow = {
  sub: 'repo:acme/x',
  aud: 'urn:api',
  repository_id: '90210',
  repository_owner_id: '4411',
  ...times,
};

const some = { sub: 's', aud: 'urn:api', ...times };
const job = { ...some, namespace_id: '72', project_id: '20', pipeline_id: '574', job_id: '302' };
const build = { ...some, organization_id: 'o1', pipeline_id: 'p1', job_id: 'j1' };
const circle = {
  ...some,
  'oidc.circleci.com/project-id': 'p1',
  'oidc.circleci.com/vcs-origin': 'github.com/acme/router',
};
const deployment = {
  ...some,
  owner_id: 'team_1',
  project_id: 'prj_1',
  environment: 'production',
};

const person = {
  ...some,
  role: 'authenticated',
  aal: 'aal1',
  session_id: 's1',
  is_anonymous: false,
  client_id: 'app1',
};

/** Why a token is refused whose signature, type and times hold. */
function reasonFor(provider: Provider, claims: object, typ = 'JWT'): string {
  const policy = {
    audience: provider.audienceClaim === 'required' ? ['urn:api'] : undefined,
    types: provider.types,
    requiredClaims: provider.requiredClaims,
    clockToleranceSec: 0,
    accepts: provider.accepts,
  };
  return checkClaims(claims as TokenClaims, { typ }, policy, NOW_SEC)?.reason ?? 'accepted';
}

describe('a good token of a caller who is not on the list', () => {
  it.each<[string, Provider, object, object]>([
    ['cognito', pool, access, { client_id: 'other' }],
    ['clerk: a session', session, user, { azp: 'https://evil.example' }],
    ['clerk: a class without a list', session, user, { sub: 'mch_1' }],
    [
      'google',
      accounts,
      { ...machine, email: 'sync@acme.iam.gserviceaccount.com' },
      { email: 'x@evil.iam.gserviceaccount.com' },
    ],
    ['githubActions: the owner', workflows, workflow, { repository_owner_id: '1' }],
    ['githubActions: the repository', workflows, workflow, { repository_id: '1' }],
    ['gitlab: the namespace', jobs, job, { namespace_id: '1' }],
    ['gitlab: the project', jobs, job, { project_id: '1' }],
    ['buildkite: the organization', builds, build, { organization_id: 'o2' }],
    ['buildkite: the pipeline', builds, build, { pipeline_id: 'p2' }],
    ['circleci: the project', circles, circle, { 'oidc.circleci.com/project-id': 'p2' }],
    ['circleci: the repository', circles, circle, { 'oidc.circleci.com/vcs-origin': 'x/y/z' }],
    ['supabase: the app', people, person, { client_id: 'app2' }],
    ['vercel: the owner', deployments, deployment, { owner_id: 'team_2' }],
    ['vercel: the project', deployments, deployment, { project_id: 'prj_2' }],
    ['vercel: the environment', deployments, deployment, { environment: 'preview' }],
  ])('is refused for that reason: %s', (_name, provider, listed, change) => {
    expect(reasonFor(provider, listed)).toBe('accepted');
    expect(reasonFor(provider, { ...listed, ...change })).toBe('caller_not_listed');
  });
});

describe('a token for something else', () => {
  it('of Cognito that names another resource is refused for its audience', () => {
    expect(reasonFor(pool, { ...access, aud: 'urn:api' })).toBe('accepted');
    expect(reasonFor(pool, { ...access, aud: 'urn:other' })).toBe('audience_mismatch');
  });

  it('of another project of Descope is refused for its audience', () => {
    const drn = { sub: 'u', drn: 'DS', ...times };
    expect(reasonFor(project, { ...drn, aud: 'P2abc' })).toBe('accepted');
    expect(reasonFor(project, { ...drn, aud: 'P2other' })).toBe('audience_mismatch');
  });
});

describe('another token than an access token', () => {
  it.each<[string, Provider, object]>([
    ['an ID token of Cognito, which lacks client_id', pool, identity],
    ['the same with a client that is listed', pool, { ...identity, client_id: 'web' }],
    ['a refresh token of Descope', project, { sub: 'u', drn: 'DSR', ...times }],
  ])('is refused for its type, not for a missing claim: %s', (_name, provider, claims) => {
    expect(reasonFor(provider, claims)).toBe('type_not_accepted');
  });

  it('is not assumed if an access token lacks a claim', () => {
    const { client_id: _clientId, ...lacking } = access;
    expect(reasonFor(pool, lacking)).toBe('claim_missing');
  });
});

describe('a rule of those that sign for all the world asks for each id by itself', () => {
  it.each<[string, Provider, object, readonly string[]]>([
    ['gitlab', jobs, job, ['namespace_id', 'project_id', 'pipeline_id', 'job_id']],
    ['buildkite', builds, build, ['organization_id', 'pipeline_id', 'job_id']],
    ['vercel', deployments, deployment, ['owner_id', 'project_id', 'environment']],
    [
      'circleci',
      circles,
      { ...circle, sub: `org/${ORGANIZATION}/project/p1/user/u1` },
      ['oidc.circleci.com/project-id', 'sub'],
    ],
    ['supabase', people, person, ['sub', 'role', 'aal', 'session_id', 'is_anonymous']],
  ])('%s', (_name, provider, claims, ids) => {
    const kindOf = (change: object) =>
      provider.classify({ ...claims, ...change } as TokenClaims, {}).kind;
    expect(kindOf({})).toMatch(/^(client|user)$/);
    for (const id of ids) {
      for (const value of [undefined, '', 7, null, ['x']]) {
        expect([id, value, kindOf({ [id]: value })]).toEqual([id, value, 'unknown']);
      }
    }
  });
});
