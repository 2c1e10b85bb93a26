/** One request that a client made, and the status that it got. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly challenge: string | null;
  /** The form that was sent to a token endpoint. */
  readonly form: URLSearchParams | undefined;
}

/** A `fetch` that notes what goes through it, for clients that take one. */
export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly exchanges: readonly Exchange[];
  /** `POST /mcp 401`, in order, without repetition of the last one. */
  steps(): readonly string[];
}

/** Notes every request and answer, and changes nothing. */
export function recordingFetch(): RecordingFetch {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    async fetch(input, init) {
      const response = await fetch(input, init);
      exchanges.push({
        method: init?.method ?? 'GET',
        url: String(input),
        status: response.status,
        challenge: response.headers.get('www-authenticate'),
        form: init?.body instanceof URLSearchParams ? init.body : undefined,
      });
      return response;
    },
    steps() {
      const steps = exchanges.map(
        ({ method, url, status }) => `${method} ${new URL(url).pathname} ${status}`,
      );
      return steps.filter((step, index) => step !== steps[index - 1]);
    },
  };
}
