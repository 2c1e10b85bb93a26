/** One challenge of `WWW-Authenticate`, taken apart. */
export interface ParsedChallenge {
  readonly scheme: string;
  readonly token68: string | undefined;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Parses the value of `WWW-Authenticate` by the letter of RFC 9110 §11.2, §11.3 and §11.6.1, as a
 * client would that forgives nothing, and checks what RFC 6750 §3 says of `Bearer` challenges.
 * Throws for whatever is not so: it shares no code with what makes challenges.
 */
export function parseChallenges(value: string): readonly ParsedChallenge[] {
  const input = new Input(value);
  const challenges: ParsedChallenge[] = [];
  do {
    challenges.push(parseChallenge(input));
  } while (input.takeListComma());
  input.end();
  for (const challenge of challenges) checkBearer(challenge);
  return challenges;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const TOKEN68 = /^[A-Za-z0-9\-._~+/]+=*/;
const QUOTED_STRING = /^"((?:[\t\x20\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"/;

class Input {
  #rest: string;

  constructor(value: string) {
    // A field value neither begins nor ends with white space (RFC 9110 §5.5).
    if (value !== value.trim()) throw new SyntaxError('white space around the value');
    this.#rest = value;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.#rest);
    if (match === null) return undefined;
    this.#rest = this.#rest.slice(match[0].length);
    return match;
  }

  /** A comma that the text after it makes one between challenges or between parameters. */
  takeListComma(): boolean {
    return this.take(/^[ \t]*,[ \t]*/) !== undefined;
  }

  peek(pattern: RegExp): boolean {
    return pattern.test(this.#rest);
  }

  end(): void {
    if (this.#rest !== '') throw new SyntaxError(`unexpected ${JSON.stringify(this.#rest)}`);
  }
}

// A parameter begins like a scheme, but goes on with `=` and no second `=` or end after it.
const NEXT_PARAMETER = /^[ \t]*,[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=(?!=*[ \t]*(?:,|$))/;

function parseChallenge(input: Input): ParsedChallenge {
  const scheme = input.take(TOKEN)?.[0];
  if (scheme === undefined) throw new SyntaxError('a scheme is missing');
  const parameters = new Map<string, string>();
  if (!input.peek(/^ +[^, ]/)) return { scheme, token68: undefined, parameters };
  input.take(/^ +/);
  if (input.peek(/^[A-Za-z0-9\-._~+/]+=*[ \t]*(?:,|$)/)) {
    return { scheme, token68: input.take(TOKEN68)?.[0], parameters };
  }
  parseParameter(input, parameters);
  while (input.peek(NEXT_PARAMETER)) {
    input.takeListComma();
    parseParameter(input, parameters);
  }
  return { scheme, token68: undefined, parameters };
}

function parseParameter(input: Input, parameters: Map<string, string>): void {
  const name = input.take(TOKEN)?.[0].toLowerCase();
  if (name === undefined) throw new SyntaxError('a parameter name is missing');
  if (input.take(/^[ \t]*=[ \t]*/) === undefined) throw new SyntaxError(`${name} has no value`);
  const quoted = input.take(QUOTED_STRING)?.[1];
  const value = quoted?.replace(/\\(.)/g, '$1') ?? input.take(TOKEN)?.[0];
  if (value === undefined) throw new SyntaxError(`${name} has a malformed value`);
  // RFC 9110 §11.2: a parameter name must occur once.
  if (parameters.has(name)) throw new SyntaxError(`${name} occurs twice`);
  parameters.set(name, value);
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** What RFC 6750 §3, RFC 9470 §3 and RFC 9728 §5.1 allow in the parameters. */
const GRAMMAR: Readonly<Record<string, RegExp>> = {
  realm: /^[\s\S]*$/,
  error: /^(?:invalid_request|invalid_token|insufficient_scope|insufficient_user_authentication)$/,
  error_description: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
  error_uri: /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  scope: SCOPE,
  acr_values: SCOPE,
  max_age: /^\d+$/,
  resource_metadata: /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/,
};

function checkBearer({ scheme, token68, parameters }: ParsedChallenge): void {
  if (scheme.toLowerCase() !== 'bearer') return;
  // RFC 6750 §3: one or more auth-params must follow.
  if (token68 !== undefined || parameters.size === 0) throw new SyntaxError('no parameters');
  for (const [name, value] of parameters) {
    const grammar = GRAMMAR[name];
    if (grammar === undefined) throw new SyntaxError(`unknown parameter ${name}`);
    if (!grammar.test(value)) throw new SyntaxError(`${name} is not well-formed: ${value}`);
  }
  if (parameters.has('error_description') && !parameters.has('error')) {
    throw new SyntaxError('a description of no error');
  }
}
