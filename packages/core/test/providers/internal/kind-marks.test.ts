import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../src/model/principal.ts';
import {
  hasClientMark,
  hasUserMark,
  isOfAnotherProvider,
  isServiceAccountName,
  serviceAccountNameOf,
  statesClient,
  statesUser,
} from '../../../src/providers/internal/kind-marks.ts';

describe('a mark against a user', () => {
  it.each([
    { sub: 'x', client_id: 'x' },
    { sub: 'x', azp: 'x' },
    { sub: 'x', cid: 'x' },
    { sub: 'x', appid: 'x' },
    { clientId: '' },
    { clientHost: null },
    { clientAddress: '10.0.0.7' },
    { sub: 'sync@clients' },
    { sub: 'system:serviceaccount:shop:sync' },
    { sub: 'spiffe://acme.com/sync' },
    { sub: '(age!sync)' },
    { sub: 'mch_1' },
    { sub: 'm2m-client-live-1' },
    { preferred_username: 'Service-Account-sync' },
    { username: 'service-account-sync' },
    { email: 'sync@acme.iam.gserviceaccount.com' },
    { gty: 'client-credentials' },
    { gty: ['refresh_token', 'client_credentials'] },
    { gty: ['refresh_token', 7] },
    { grant_type: 'token-exchange' },
    { sub_type: 'client' },
    { sub_type: ['user'] },
    { idtyp: 'device' },
    { sub_profile: 'user service' },
    { caller_type: 'machine ai_agent' },
  ])('is %j', (claims) => {
    expect(hasClientMark(claims as TokenClaims, {})).toBe(true);
  });

  it.each([
    {},
    { sub: 'dana', client_id: 'web', azp: 'web' },
    { sub: 'dana@clients.example' },
    { email: 'dana@gserviceaccount.com.example' },
    { email: '.gserviceaccount.com@acme.com' },
    { email: 7 },
    { username: 'dana', preferred_username: 7 },
    { gty: ['authorization_code', 'refresh_token'] },
    { sub_type: 'user' },
    { caller_type: 'user machine' },
    { caller_type: '' },
    { caller_type: ['machine'] },
    { principal_type: 'robot' },
    Object.create({ clientId: 'inherited' }),
  ])('is not %j', (claims) => {
    expect(hasClientMark(claims as TokenClaims, {})).toBe(false);
  });
});

describe('a mark against a client', () => {
  it.each([
    { auth_time: 1 },
    { acr: '' },
    { email: null },
    { name: 'Dana' },
    { sub_type: 'user' },
    { sub_type: 'user service' },
    { sub_profile: 7 },
    { caller_type: 'human' },
    { caller_type: 'user person' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
    { gty: [] },
  ])('is %j', (claims) => {
    expect(hasUserMark(claims as TokenClaims, {})).toBe(true);
  });

  it.each([
    {},
    { sub: 'sync', client_id: 'sync' },
    { sub_type: 'client' },
    { sub_profile: 'service ai_agent' },
    { caller_type: 'human machine' },
    { caller_type: ['human'] },
    { gty: ['client_credentials'] },
  ])('is not %j', (claims) => {
    expect(hasUserMark(claims as TokenClaims, {})).toBe(false);
    expect(hasUserMark(claims as TokenClaims)).toBe(false);
  });
});

describe('a grant in the header', () => {
  it('counts like one in the claims', () => {
    expect(hasUserMark({}, { gty: 'password' })).toBe(true);
    expect(hasUserMark({}, { gty: 'client_credentials' })).toBe(false);
    expect(hasClientMark({}, { gty: 'client_credentials' })).toBe(true);
    expect(hasClientMark({}, { gty: 'token_exchange' })).toBe(true);
    expect(hasClientMark({}, { gty: 'password' })).toBe(false);
    expect(statesUser({}, { gty: 'password' })).toBe(true);
    expect(statesUser({}, { gty: 'token_exchange' })).toBe(false);
    expect(statesUser({}, { gty: 'client_credentials' })).toBe(false);
    expect(statesClient({}, { gty: 'client_credentials' })).toBe(true);
    expect(statesClient({}, { gty: 'token_exchange' })).toBe(false);
    expect(statesClient({}, { gty: 'password' })).toBe(false);
  });

  it('is undefined when the header has none', () => {
    for (const asked of [hasUserMark, hasClientMark, statesUser, statesClient]) {
      expect(asked({}, { typ: 'JWT' })).toBe(false);
    }
  });
});

it('a token counts as one of another provider if it has a claim that every token of that provider has', () => {
  expect(isOfAnotherProvider({ typ: 'Bearer' })).toBe(true);
  expect(isOfAnotherProvider({ 'p1.rid': 'r1' })).toBe(true);
  expect(isOfAnotherProvider({ sub: 'dana', scope: 'read' })).toBe(false);
  expect(isOfAnotherProvider(Object.create({ typ: 'Bearer' }))).toBe(false);
});

it('the user of a service account is named by its client, in lower case', () => {
  expect(serviceAccountNameOf('Nightly-Sync')).toBe('service-account-nightly-sync');
  expect(isServiceAccountName('service-account-x')).toBe(true);
  expect(isServiceAccountName('my-service-account-x')).toBe(false);
  expect(isServiceAccountName(['service-account-x'])).toBe(false);
});
