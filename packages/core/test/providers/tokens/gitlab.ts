import { gitlab } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { kid: 'glk', typ: 'JWT', alg: 'RS256' };
const iss = 'https://gitlab.com';

const client = {
  namespace_id: '72',
  namespace_path: 'parcels',
  project_id: '20',
  project_path: 'parcels/router',
  job_namespace_id: '72',
  job_namespace_path: 'parcels',
  job_project_id: '20',
  job_project_path: 'parcels/router',
  user_id: '1',
  user_login: 'dana',
  user_email: 'dana@parcels.example',
  user_access_level: 'maintainer',
  pipeline_id: '574',
  pipeline_source: 'push',
  job_id: '302',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  runner_id: 1,
  runner_environment: 'gitlab-hosted',
  sha: '714a629c0b401fdce83e847fc9589983fc6f46bc',
  jti: '235b3a54',
  iss,
  ...TIMES,
  nbf: TIMES.iat,
  sub: 'project_path:parcels/router:ref_type:branch:ref:main',
  aud: API,
};

const asClient = { kind: 'client', id: '20', tenant: '72' } as const;

export const table: TokenTable = {
  preset: 'gitlab',
  sources: [
    'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
    'https://gitlab.com/gitlab-org/gitlab lib/gitlab/ci/jwt.rb',
  ],
  create: (issuer) =>
    gitlab({ issuer, jwks: NO_KEYS, namespaceIds: ['72'], projectIds: ['20', '21'] }),
  issuer: iss,
  requires: ['aud', 'sub', 'namespace_id', 'project_id', 'pipeline_id', 'job_id'],
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a job', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a job of an older instance, which does not say where it runs',
      truth: 'client',
      header,
      claims: without(client, 'job_namespace_id', 'job_project_id', 'job_project_path'),
      expect: asClient,
    },
    {
      name: 'a job with a subject of the form that its project chose',
      truth: 'client',
      header,
      claims: { ...client, sub: 'project_path:parcels/router', environment: 'production' },
      expect: asClient,
    },
    {
      name: 'a job of an instance of our own, all of whose projects may call',
      truth: 'client',
      header,
      provider: () => gitlab({ issuer: 'https://git.parcels.example', jwks: NO_KEYS }),
      claims: {
        ...client,
        iss: 'https://git.parcels.example',
        project_id: '9',
        job_project_id: '9',
      },
      expect: { ...asClient, id: '9' },
    },
    {
      name: 'a job of any project of our namespace',
      truth: 'client',
      header,
      provider: () => gitlab({ jwks: NO_KEYS, namespaceIds: ['72'] }),
      claims: { ...client, project_id: '9', job_project_id: '9' },
      expect: { ...asClient, id: '9' },
    },
    {
      name: 'a job of another project',
      truth: 'client',
      header,
      claims: { ...client, project_id: '9', job_project_id: '9' },
      expect: 'refused',
    },
    {
      name: 'a job of another namespace, which took our path',
      truth: 'client',
      header,
      claims: { ...client, namespace_id: '666' },
      expect: 'refused',
    },
    {
      name: 'a job of our project, by code of a fork',
      truth: 'client',
      header,
      claims: { ...client, project_id: '21' },
      expect: 'refused',
    },
    {
      name: 'a job by our code, on the runners of somebody else',
      truth: 'client',
      header,
      claims: { ...client, job_project_id: '6666', job_namespace_id: '666' },
      expect: 'refused',
    },
    {
      name: 'a job of no id',
      truth: 'client',
      header,
      claims: { ...client, job_id: 302 },
      expect: 'refused',
    },
    {
      name: 'an ID token of a person who signed in',
      truth: 'user',
      header,
      claims: { iss, sub: '1', aud: API, ...TIMES, auth_time: TIMES.iat, groups: ['parcels'] },
      expect: 'refused',
    },
  ],
};
