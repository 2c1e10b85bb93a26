import { isHttpUrl } from '../../lib/endpoint-url.ts';
import { ConfigurationError } from '../../model/errors.ts';
import { presetsOfIssuer } from './presets-of-issuer.ts';

/** What a preset knows about the form of its issuers. */
export interface IssuerForm {
  /** Whether `iss` ends with a slash; left out where both occur. */
  readonly trailingSlash?: 'required' | 'forbidden';
  /** What the path must be like, and how to say so: `https://host/realms/<realm>`. */
  readonly path?: { readonly pattern: RegExp; readonly example: string };
}

/**
 * Checks an issuer identifier at start-up and gives it back: an absolute https or http URL without
 * query, fragment and credentials (RFC 8414 §2), of the preset's form, and not known to belong to
 * another preset. Throws `ConfigurationError` with the line to write.
 *
 * Does not check whether keys may be fetched from there: the resource server does, by https and `allowHttp`.
 * Nor whether anything answers there.
 */
export function checkIssuer(preset: string, issuer: unknown, form: IssuerForm = {}): string {
  const url = checkUrl(preset, 'issuer', issuer);
  checkPreset(preset, url);
  if (form.trailingSlash === 'required' && !url.endsWith('/')) {
    throw new ConfigurationError(
      `${preset}: the issuer ends with a slash, and is compared exactly; write ${preset}({ issuer: '${url}/' })`,
    );
  }
  if (form.trailingSlash === 'forbidden' && url.endsWith('/')) {
    throw new ConfigurationError(
      `${preset}: the issuer has no slash at its end, and is compared exactly; write ${preset}({ issuer: '${url.slice(0, -1)}' })`,
    );
  }
  if (form.path !== undefined && !form.path.pattern.test(new URL(url).pathname)) {
    const mended = url.endsWith('/') ? url.slice(0, -1) : `${url}/`;
    if (form.path.pattern.test(new URL(mended).pathname) && form.trailingSlash === undefined) {
      throw new ConfigurationError(
        `${preset}: the slash at the issuer's end counts, since it is compared exactly; write ${preset}({ issuer: '${mended}' })`,
      );
    }
    throw new ConfigurationError(
      `${preset}: '${url}' is not an issuer of this provider; write ${preset}({ issuer: '${form.path.example}' })`,
    );
  }
  return url;
}

/** With a dot: `acme` alone is the name of a tenant. */
const DOMAIN = /^(?:[\w-]+(?:\.[\w-]+)+|localhost)(?::\d+)?$/;

/**
 * Checks a domain of the configuration and gives it back in lower case, as issuers have it: a host,
 * and perhaps a port. Throws `ConfigurationError`; `line` is for the message.
 */
export function checkDomain(preset: string, domain: unknown, line: string): string {
  if (typeof domain === 'string' && DOMAIN.test(domain)) return domain.toLowerCase();
  throw new ConfigurationError(`${preset}: '${String(domain)}' is not a domain; write ${line}`);
}

/** Throws when the issuer is known to belong to another preset. */
export function checkPreset(preset: string, issuer: string): void {
  const presets = presetsOfIssuer(issuer);
  if (presets === undefined || presets.includes(preset)) return;
  const other = presets[0];
  throw new ConfigurationError(
    other === undefined
      ? `${preset}: '${issuer}' belongs to a provider without a preset; write custom({ issuer: '${issuer}', jwksUri: '${jwksUriOf(issuer)}', classify })`
      : `${preset}: '${issuer}' looks like an issuer of ${other}, whose tokens ${preset} would misread; write ${other}({ issuer: '${issuer}' })`,
  );
}

/** Where the keys are, as far as the form of the issuer tells. */
function jwksUriOf(issuer: string): string {
  const { hostname, origin } = new URL(issuer);
  // The keys of Azure AD B2C are under the policy. The issuer does not name the policy, so its metadata cannot
  // be found.
  return hostname.endsWith('.b2clogin.com')
    ? `${origin}/<tenant>.onmicrosoft.com/<policy>/discovery/v2.0/keys`
    : 'https://…';
}

/**
 * Checks a URL of the configuration and gives it back unchanged: absolute, https or http, no query for
 * issuers, no fragment, no credentials. Throws `ConfigurationError`.
 */
export function checkUrl(
  preset: string,
  setting: 'issuer' | 'jwksUri' | 'baseUrl',
  value: unknown,
): string {
  if (typeof value !== 'string' || value === '') {
    throw new ConfigurationError(`${preset}: ${setting} is missing; write ${setting}: 'https://…'`);
  }
  const problem = problemOf(value, setting);
  if (problem === undefined) return value;
  throw new ConfigurationError(
    `${preset}: ${setting} '${value}' ${problem}; write ${setting}: '${asUrl(value)}'`,
  );
}

/** What to write for a domain that was given without its scheme. */
function asUrl(value: string): string {
  const url = `https://${value}`;
  return /^[\w-]+(?:\.[\w-]+)+(?:\/[\w./-]*)?$/.test(value) ? url : 'https://…';
}

function problemOf(value: string, setting: string): string | undefined {
  // The URL parser would silently correct both, but `iss` is compared as written.
  if (/[\s\\]/.test(value)) return 'holds white space or a backslash';
  if (!URL.canParse(value)) return 'is not an absolute URL';
  const { username, password } = new URL(value);
  if (username !== '' || password !== '') return 'must not hold credentials';
  if (!isHttpUrl(value)) return 'must be an https URL';
  if (value.includes('#')) return 'must not have a fragment';
  if (setting !== 'jwksUri' && value.includes('?')) return 'must not have a query';
  return undefined;
}
