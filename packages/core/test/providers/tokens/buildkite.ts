import { buildkite } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'bkk' };
const iss = 'https://agent.buildkite.com';
const organization = '0184990a-477b-4fa8-9968-496074483077';
const pipeline = '0184990a-4782-42b5-afc1-16715b10b810';

const client = {
  iss,
  sub: 'organization:parcels:pipeline:router:ref:refs/heads/main:commit:9f3182061f1e2cca:step:build',
  aud: API,
  ...TIMES,
  nbf: TIMES.iat,
  organization_slug: 'parcels',
  pipeline_slug: 'router',
  build_number: 1,
  build_branch: 'main',
  build_commit: '9f3182061f1e2cca',
  step_key: 'build',
  job_id: '0184990a-477b-4fa8-9968-496074483cee',
  agent_id: '0184990a-4782-42b5-afc1-16715b10b8ff',
  organization_id: organization,
  pipeline_id: pipeline,
};

const asClient = { kind: 'client', id: pipeline, tenant: organization } as const;

export const table: TokenTable = {
  preset: 'buildkite',
  sources: ['https://buildkite.com/docs/agent/cli/reference/oidc'],
  create: () => buildkite({ jwks: NO_KEYS, organizationIds: [organization] }),
  issuer: iss,
  requires: ['aud', 'sub', 'organization_id', 'pipeline_id', 'job_id'],
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a job', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a job whose step has no key',
      truth: 'client',
      header: { ...header, typ: 'JWT' },
      claims: { ...client, step_key: null },
      expect: asClient,
    },
    {
      name: 'a job whose subject is a claim that it chose',
      truth: 'client',
      header,
      claims: { ...client, sub: pipeline },
      expect: asClient,
    },
    {
      name: 'a job of one of our pipelines',
      truth: 'client',
      header,
      provider: () =>
        buildkite({ jwks: NO_KEYS, organizationIds: [organization], pipelineIds: [pipeline] }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a job of another of our pipelines',
      truth: 'client',
      header,
      provider: () =>
        buildkite({ jwks: NO_KEYS, organizationIds: [organization], pipelineIds: ['other'] }),
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a job of another organization, which took our slug',
      truth: 'client',
      header,
      claims: { ...client, organization_id: '6666990a-477b-4fa8-9968-496074483077' },
      expect: 'refused',
    },
    {
      name: 'a job that did not ask for the ids',
      truth: 'client',
      header,
      claims: without(client, 'organization_id', 'pipeline_id'),
      expect: 'refused',
    },
    {
      name: 'no job',
      truth: 'client',
      header,
      claims: { ...client, job_id: '' },
      expect: 'refused',
    },
  ],
};
