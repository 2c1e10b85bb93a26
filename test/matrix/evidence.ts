import { readFileSync } from 'node:fs';
import * as providers from '@authly/core/providers';
import { parsePresetPage } from '../docs/preset-page.ts';
import { ANSWER_SETTINGS } from '../recorded/answer-settings.ts';
import { ANSWERS } from '../recorded/recorded-answer.ts';
import { keySetOf, RECORDED, type RecordedToken } from '../recorded/recorded-token.ts';
import { SETTINGS, type Setting } from '../recorded/settings.ts';
import { LIVE_RUNS } from './live-runs.ts';
import { WEEKLY_RUNS } from './weekly-runs.ts';

export const COLUMNS = ['jwt', 'opaque', 'dpop', 'mtls', 'logout', 'exchange'] as const;

export type Column = (typeof COLUMNS)[number];

/** How we know a statement about a provider, with the best evidence first. */
export const LEVELS = ['live', 'weekly', 'recorded', 'documentation'] as const;

export type Level = (typeof LEVELS)[number];

/** One thing that a test shows. */
export interface Evidence {
  readonly preset: string;
  readonly column: Column;
  readonly level: Level;
  /** The software that was run, with its version. `undefined` if the evidence is documentation. */
  readonly software: string | undefined;
}

/** The exported presets in alphabetical order, and for each the name of its page. */
export const PRESETS: readonly { readonly preset: string; readonly file: string }[] =
  Object.entries(providers)
    .filter(([, value]) => typeof value === 'function')
    .map(([preset]) => ({
      preset,
      file: preset.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    }))
    .toSorted((a, b) => (a.preset.toLowerCase() < b.preset.toLowerCase() ? -1 : 1));

/** Everything that the tests show about every preset. */
export function evidence(): readonly Evidence[] {
  return [...live(), ...weekly(), ...recordedTokens(), ...recordedAnswers(), ...documented()];
}

function live(): readonly Evidence[] {
  return LIVE_RUNS.map(({ preset, column, software }) => ({
    ...{ preset, column, level: 'live' as const, software },
  }));
}

function weekly(): readonly Evidence[] {
  return WEEKLY_RUNS.flatMap(({ preset, software, checks }) =>
    COLUMNS.filter((column) => Object.hasOwn(checks, column)).map((column) => ({
      ...{ preset, column, level: 'weekly' as const, software },
    })),
  );
}

/**
 * The recorded tokens for which test/recorded/tokens.test.ts finds the right caller, or the right
 * reason to refuse.
 */
function recordedTokens(): readonly Evidence[] {
  return SETTINGS.flatMap((setting) => {
    const preset = presetOf(setting);
    return tokensOf(setting).flatMap((token) =>
      columnsOfToken(token, setting).map(
        (column): Evidence => ({
          ...{ preset, column, level: 'recorded' as const, software: softwareOf(token) },
        }),
      ),
    );
  });
}

function columnsOfToken(token: RecordedToken, setting: Setting): readonly Column[] {
  const { form, id, kind, how, payload } = token;
  if (form === 'logout-token') return ['logout'];
  const { mark, refused = {}, operatorWordFalse = {} } = setting;
  const isRead =
    (mark === undefined || Object.hasOwn(payload, mark)) &&
    !Object.hasOwn(refused, id) &&
    !Object.hasOwn(operatorWordFalse, id);
  if (form !== 'jwt' || kind === 'neither' || !isRead) return [];
  const isExchanged = /exchang|jwt.?bearer|impersonat|delegat/i.test(`${how} ${id}`);
  return [
    'jwt',
    ...columnsOfBinding(payload['cnf']),
    ...(isExchanged ? ['exchange' as const] : []),
  ];
}

/** The recorded answers for which test/recorded/answers.test.ts finds the right caller. */
function recordedAnswers(): readonly Evidence[] {
  return ANSWER_SETTINGS.flatMap(({ provider, server, refused = {} }) => {
    const answers = ANSWERS.get(server) ?? [];
    const { preset } = provider(issuerOf(answers.map(({ answer }) => answer['iss'])));
    return answers
      .filter(({ answer, id, kind }) => answer.active && kind !== 'neither' && !(id in refused))
      .flatMap(({ answer, server: name, version }) =>
        ['opaque' as const, ...columnsOfBinding(answer['cnf'])].map(
          (column): Evidence => ({
            ...{ preset, column, level: 'recorded' as const },
            software: softwareOf({ server: name, version }),
          }),
        ),
      );
  });
}

/**
 * The tokens on the pages of the presets, as the provider documents them. test/docs/presets.test.ts
 * reads them.
 */
function documented(): readonly Evidence[] {
  return PRESETS.flatMap(({ preset, file }) => {
    const page = new URL(`../../docs/presets/${file}.md`, import.meta.url);
    const { tokens } = parsePresetPage(readFileSync(page, 'utf8'));
    const columns = tokens.flatMap(({ claims, isAnswer }): readonly Column[] => [
      isAnswer ? 'opaque' : 'jwt',
      ...columnsOfBinding(claims['cnf']),
      ...(Object.hasOwn(claims, 'act') ? ['exchange' as const] : []),
    ]);
    return columns.map(
      (column): Evidence => ({
        ...{ preset, column, level: 'documentation' as const, software: undefined },
      }),
    );
  });
}

function columnsOfBinding(confirmation: unknown): readonly Column[] {
  const members = Object.keys(Object(confirmation));
  return [
    ...(members.includes('jkt') ? ['dpop' as const] : []),
    ...(members.includes('x5t#S256') ? ['mtls' as const] : []),
  ];
}

function tokensOf({ servers, reads = () => true }: Setting): readonly RecordedToken[] {
  return servers.flatMap((server) => RECORDED.get(server) ?? []).filter(reads);
}

/**
 * The name of a setting's preset. To read it, the preset is made for the issuer of the recorded
 * tokens.
 */
function presetOf(setting: Setting): string {
  const tokens = tokensOf(setting);
  const [first] = tokens;
  const jwks = first === undefined ? { keys: [] } : keySetOf(first);
  return setting.provider(issuerOf(tokens.map(({ payload }) => payload['iss'])), jwks).preset;
}

/** The first issuer that is a URL, since some presets check the form of the issuer. */
function issuerOf(issuers: readonly unknown[]): string {
  const isIssuer = (iss: unknown): iss is string => typeof iss === 'string' && URL.canParse(iss);
  return issuers.find(isIssuer) ?? 'https://as.parcels.example';
}

function softwareOf({ server, version }: Pick<RecordedToken, 'server' | 'version'>): string {
  // Some versions repeat the name of the software, or name a part of the server.
  return /^[a-z@]/.test(version) ? version : `${server} ${version.replace(/[ ,].*$/, '')}`;
}
