import { generateTestKey, type TestKey } from '@authly/testing';
import { ISSUER, issuerKey } from '../../support/tokens.ts';

/** Where the issuer has its keys: the only address that anything may be fetched from. */
export const JWKS_URI = `${ISSUER}/jwks`;

export const es256: TestKey = issuerKey;
export const rs256: TestKey = generateTestKey('RS256', 'key-rs');
export const ps256: TestKey = generateTestKey('PS256', 'key-ps');
export const eddsa: TestKey = generateTestKey('EdDSA', 'key-ed');

/** The issuer's keys: one for each algorithm that is accepted by default. */
export const keys: readonly TestKey[] = [es256, rs256, ps256, eddsa];

/** The attacker's own key, under the name of the issuer's. */
export const forger: TestKey = generateTestKey('ES256', es256.kid);
