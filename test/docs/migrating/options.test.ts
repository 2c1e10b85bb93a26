import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// Every option that the installed versions know is in a table of docs/migrating.md. An option that an upgrade
// adds fails here, until there is a row for it.

const requireHere = createRequire(import.meta.url);
const page = readFileSync(new URL('../../../docs/migrating.md', import.meta.url), 'utf8');

/** What the page has in code spans, in the sections of these titles. */
function codeOf(...titles: readonly string[]): string {
  const sections = titles.map((title) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '');
  return sections.flatMap((text) => text.match(/`[^`\n]+`/g) ?? []).join(' ');
}

/** A file of a library, or of one that this library depends on. */
function read(library: string, file: string, from = requireHere): string {
  const main = from.resolve(library);
  const root =
    main.slice(0, main.lastIndexOf(join('node_modules', library))) + join('node_modules', library);
  return readFileSync(join(root, file), 'utf8');
}

/** Members of the types of these names, in a file of declarations. */
function membersOf(text: string, ...types: readonly string[]): readonly string[] {
  return types.flatMap((type) => {
    const [, body] =
      new RegExp(`(?:interface|type) ${type.replace('$', '\\$')}\\b[^{]*\\{([^]*?)\\n *\\}`).exec(
        text,
      ) ?? [];
    if (body === undefined) return expect.unreachable(`no type ${type}`);
    const [indent = ''] = /^ +/m.exec(body) ?? [];
    const line = new RegExp(
      String.raw`^${indent}(?:readonly )?['"]?([\w-]+)['"]?\??(?:\(.*\))?:`,
      'gm',
    );
    return [...body.matchAll(line)].map(([, name = '']) => name);
  });
}

const bearer = read('express-oauth2-jwt-bearer', 'dist/index.d.ts');
const expressJwt = requireHere.resolve('express-jwt');
const jsonwebtoken = readFileSync(
  createRequire(expressJwt).resolve('@types/jsonwebtoken/index.d.ts'),
  'utf8',
);
const passportJwt = read('passport-jwt', 'lib/strategy.js');
const keycloak = read('keycloak-connect', 'middleware/auth-utils/config.js');
const SHARED = 'jsonwebtoken and jwks-rsa';

it.each([
  [
    'express-oauth2-jwt-bearer',
    [
      ...membersOf(bearer, 'JwtVerifierOptions', 'AuthOptions$1', 'DPoPOptions', 'MtlsOptions'),
      ...['getCertificate', 'issuers'],
    ],
    ['express-oauth2-jwt-bearer'],
  ],
  ['express-jwt', membersOf(read('express-jwt', 'dist/index.d.ts'), 'Params'), ['express-jwt']],
  ['jsonwebtoken', membersOf(jsonwebtoken, 'VerifyOptions'), ['express-jwt', SHARED]],
  ['jwks-rsa', membersOf(read('jwks-rsa', 'index.d.ts'), 'OptionsBase'), ['express-jwt', SHARED]],
  [
    'passport-jwt',
    [...passportJwt.matchAll(/\boptions\.(\w+)/g)].map(([, name = '']) => name),
    ['passport-jwt', SHARED],
  ],
  ['koa-jwt', membersOf(read('koa-jwt', 'types/index.d.ts'), 'Options'), ['koa-jwt', SHARED]],
  [
    'keycloak-connect',
    [...keycloak.matchAll(/(?:= |\()config(?:\.(\w+)|\['([\w-]+)'\])/g)].map(
      ([, name, quoted]) => name ?? quoted ?? '',
    ),
    ['keycloak-connect'],
  ],
])('every option of %s has a row', (_, options, sections) => {
  expect(options.length).toBeGreaterThan(4);
  const code = codeOf(...sections);
  const missing = options.filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code));
  expect(missing).toEqual([]);
});
