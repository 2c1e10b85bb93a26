/** Settings that an application compiles with, as `docs/typescript-and-tests.md` lists them. */
export interface Settings {
  /** The module format to which the application is compiled. */
  readonly form: 'CommonJS' | 'ESM';
  readonly module: string;
  readonly moduleResolution: string;
  /** The oldest and the newest version of TypeScript that are tested. */
  readonly from: string;
  readonly to: string;
  /** More settings in `tsconfig.json` that some version needs. */
  readonly beside?: Readonly<Record<string, object>>;
}

const UNDEPRECATED = { '6.0': { ignoreDeprecations: '6.0' } };

export const SETTINGS: readonly Settings[] = [
  {
    form: 'CommonJS',
    module: 'commonjs',
    moduleResolution: 'node10',
    from: '5.0',
    to: '6.0',
    beside: UNDEPRECATED,
  },
  { form: 'CommonJS', module: 'commonjs', moduleResolution: 'bundler', from: '6.0', to: '7.0' },
  { form: 'CommonJS', module: 'node16', moduleResolution: 'node16', from: '5.0', to: '7.0' },
  { form: 'CommonJS', module: 'nodenext', moduleResolution: 'nodenext', from: '5.0', to: '7.0' },
  { form: 'ESM', module: 'node16', moduleResolution: 'node16', from: '5.0', to: '7.0' },
  { form: 'ESM', module: 'nodenext', moduleResolution: 'nodenext', from: '5.0', to: '7.0' },
  { form: 'ESM', module: 'esnext', moduleResolution: 'bundler', from: '5.0', to: '7.0' },
  {
    form: 'ESM',
    module: 'esnext',
    moduleResolution: 'node10',
    from: '5.0',
    to: '6.0',
    beside: UNDEPRECATED,
  },
];
