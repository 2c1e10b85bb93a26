/** At most this many errors of a chain of causes are examined. Real chains are shorter. */
const MAX_CAUSES = 5;

/** Finds the system's code of an error, such as `ECONNREFUSED`. `fetch` puts it into a cause of its own error. */
export function systemErrorCode(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    if (typeof current !== 'object' || current === null) return undefined;
    const code: unknown = 'code' in current ? current.code : undefined;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}
