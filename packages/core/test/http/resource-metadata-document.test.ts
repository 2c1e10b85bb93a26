import { describe, expect, it } from 'vitest';
import {
  metadataDocument,
  type ResourceMetadataOptions,
} from '../../src/http/resource-metadata-document.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { anyOf } from '../../src/requirement/combinators.ts';
import { role } from '../../src/requirement/membership.ts';
import { anyScope, scope } from '../../src/requirement/scope.ts';

const RESOURCE = 'https://api.example.com';
const ISSUERS = ['https://as.example.com'];

function documentOf(options: ResourceMetadataOptions = {}, issuers: readonly string[] = ISSUERS) {
  return JSON.parse(metadataDocument(RESOURCE, issuers, options));
}

function jwt(header: object, claims: object, signature = 'c2ln'): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)));
  return [...parts.map((part) => part.toString('base64url')), signature].join('.');
}

const signed = jwt({ alg: 'ES256' }, { iss: 'https://trust.example.com', resource: RESOURCE });

describe('metadataDocument', () => {
  it('[RFC9728-2-a] [RFC9728-2-e] [RFC9728-3.2-b] has only the members that are known of any resource if no option is given', () => {
    expect(documentOf()).toEqual({
      resource: RESOURCE,
      authorization_servers: ISSUERS,
      bearer_methods_supported: ['header'],
      tls_client_certificate_bound_access_tokens: false,
      dpop_bound_access_tokens_required: false,
    });
  });

  it.each([
    [false, ['header']],
    [true, []],
  ])('says which proofs are accepted, and whether they are required: %s', (required, methods) => {
    const dpop = { required, algorithms: ['ES256'] };
    expect(
      JSON.parse(metadataDocument(RESOURCE, ISSUERS, {}, { dpop, mtls: false })),
    ).toMatchObject({
      bearer_methods_supported: methods,
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: required,
    });
  });

  it('says whether tokens that are bound to a certificate are accepted', () => {
    const binding = { dpop: undefined, mtls: true };
    expect(JSON.parse(metadataDocument(RESOURCE, ISSUERS, {}, binding))).toMatchObject({
      bearer_methods_supported: ['header'],
      tls_client_certificate_bound_access_tokens: true,
      dpop_bound_access_tokens_required: false,
    });
  });

  it('has the given values under the names of RFC 9728 §2', () => {
    expect(
      documentOf({
        scopes: ['read:users'],
        authorizationServers: ['https://other.example.com/tenant', 'http://localhost:4710'],
        name: 'Users',
        documentation: 'https://api.example.com/docs?v=1#start',
        policy: 'https://api.example.com/policy',
        termsOfService: 'http://example.com/terms',
        authorizationDetailsTypes: ['payment'],
        jwksUri: 'https://api.example.com/jwks',
        signingAlgorithms: ['ES256'],
        signedMetadata: signed,
      }),
    ).toMatchObject({
      scopes_supported: ['read:users'],
      authorization_servers: ['https://other.example.com/tenant', 'http://localhost:4710'],
      resource_name: 'Users',
      resource_documentation: 'https://api.example.com/docs?v=1#start',
      resource_policy_uri: 'https://api.example.com/policy',
      resource_tos_uri: 'http://example.com/terms',
      authorization_details_types_supported: ['payment'],
      jwks_uri: 'https://api.example.com/jwks',
      resource_signing_alg_values_supported: ['ES256'],
      signed_metadata: signed,
    });
  });

  it('[RFC9728-2-d] lists scopes as given and as guards need them, each once', () => {
    const requirements = [scope('a', 'b'), anyOf(role('admin'), anyScope('b', 'c'))];
    expect(documentOf({ scopes: ['z', 'a'], requirements }).scopes_supported).toEqual([
      'z',
      'a',
      'b',
      'c',
    ]);
  });

  it('[RFC9728-3.2-b] leaves out lists without values', () => {
    const document = documentOf({
      scopes: [],
      requirements: [role('admin')],
      signingAlgorithms: [],
      authorizationDetailsTypes: [],
    });
    expect(document).toEqual(documentOf());
  });

  it('[RFC9728-2-c] names the configured issuers that are authorization servers', () => {
    const issuers = [
      'https://as.example.com',
      'http://localhost:4710/realms/a',
      'https://login.example.com/{tenantid}/v2.0',
      'https://as.example.com/?tenant=1',
      'https://as.example.com/#a',
      'http://as.example.com',
      'spiffe://acme.com',
      'accounts.example.com',
    ];
    expect(documentOf({}, issuers).authorization_servers).toEqual(issuers.slice(0, 2));
    expect(() => documentOf({}, issuers.slice(2))).toThrow(/at least one is needed/);
    expect(() => documentOf({}, [])).toThrow(ConfigurationError);
  });

  it('[RFC9728-2.1-a] accepts further members, such as names in other languages', () => {
    const members = { 'resource_name#fr': 'Utilisateurs', acme_tier: { level: 1 } };
    expect(documentOf({ members })).toMatchObject(members);
  });

  it.each<readonly [string, ResourceMetadataOptions, RegExp]>([
    ['an unknown option', { title: 'Users' } as never, /has no option "title"/],
    ['options that are a string', 'Users' as never, /takes an object/],
    ['a scope that is two', { scopes: ['a b'] }, /scopes: "a b" is not one of them/],
    ['an issuer with a query', { authorizationServers: ['https://a?b'] }, /authorizationServers/],
    [
      'an issuer over http',
      { authorizationServers: ['http://as.example.com'] },
      /not an https URL/,
    ],
    ['no authorization server', { authorizationServers: [] }, /at least one is needed/],
    ['keys over http', { jwksUri: 'http://api.example.com/jwks' }, /jwksUri: .* not an https URL/],
    [
      'a page that is not an absolute URL',
      { documentation: '/docs' },
      /documentation: .* not the absolute URL/,
    ],
    [
      'a page that is a script',
      { policy: 'javascript:alert(1)' },
      /policy: .* not the absolute URL/,
    ],
    ['an empty page', { termsOfService: '' }, /termsOfService: .* not the absolute URL/],
    ['a name that is no text', { name: 7 as never }, /name: .* is not a non-empty string/],
    ['the algorithm none', { signingAlgorithms: ['ES256', 'none'] }, /signingAlgorithms: "none"/],
    ['a member of its own option', { members: { resource: 'https://b' } }, /"resource" is set by/],
    ['members that are no JSON', { members: { a: 1n } }, /cannot be written as JSON/],
    [
      'signed metadata [RFC9728-2.2-a] that is no JWT',
      { signedMetadata: 'a.b' },
      /not a signed JWT/,
    ],
    ['… with four parts', { signedMetadata: `${signed}.x` }, /not a signed JWT/],
    [
      '… without a signature',
      { signedMetadata: jwt({ alg: 'ES256' }, { iss: 'a' }, '') },
      /not a signed/,
    ],
    ['… with alg none', { signedMetadata: jwt({ alg: 'none' }, { iss: 'a' }) }, /must be signed/],
    ['… without iss', { signedMetadata: jwt({ alg: 'ES256' }, {}) }, /name in iss/],
    [
      '… of another resource',
      { signedMetadata: jwt({ alg: 'ES256' }, { iss: 'a', resource: 'https://b' }) },
      /resource is not/,
    ],
  ])('[RFC9728-2-b] refuses %s, and says what to write', (_, options, message) => {
    expect(() => documentOf(options)).toThrow(ConfigurationError);
    expect(() => documentOf(options)).toThrow(message);
  });
});
