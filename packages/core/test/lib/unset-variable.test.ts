import { describe, expect, it } from 'vitest';
import { namesUnsetVariable } from '../../src/lib/unset-variable.ts';

describe('namesUnsetVariable', () => {
  const unset: unknown = undefined;
  it.each([
    `${unset}`,
    String(null),
    `https://${unset}`,
    `https://${unset}/`,
    `https://${unset}.auth0.com`,
    `${unset}.okta.com`,
    `https://sso.acme.com/realms/${unset}`,
    `https://sso.acme.com/realms/${null}`,
    `https://sso.acme.com/realms/${null}/x`,
    `https://login.microsoftonline.com/${unset}/v2.0`,
    `https://${null}:8443/`,
    `api://${unset}`,
    `eu-west-1_${unset}`,
    `${unset}-prod`,
    `null.acme.com`.replace('.acme.com', ''),
  ])('finds %s', (text) => {
    expect(namesUnsetVariable(text)).toBe(true);
  });

  it.each([
    '',
    'acme.eu.auth0.com',
    'https://nullarbor.example.com/',
    'https://sso.acme.com/realms/nullable',
    'https://null.acme.com',
    'https://sso.acme.com/realms/undefinedness',
    'NULL',
  ])('accepts %j', (text) => {
    expect(namesUnsetVariable(text)).toBe(false);
  });
});
