import autocannon from 'autocannon';
import { answerQuestions } from './child.ts';

/** What the load generator gets. */
export interface LoadQuestion {
  readonly url: string;
  /** They are divided among the connections. Each connection sends its own tokens again and again. */
  readonly tokens: readonly string[];
  readonly connections: number;
  readonly durationSec: number;
}

/** What the load generator found. */
export interface LoadAnswer {
  readonly perSecond: number;
}

answerQuestions<LoadQuestion, LoadAnswer>(async (question) => {
  const { url, tokens, connections, durationSec } = question;
  let opened = 0;
  const { requests, non2xx, errors, duration } = await autocannon({
    url,
    connections,
    duration: durationSec,
    sampleInt: 50,
    setupClient(client) {
      const connection = opened++;
      const own = tokens.filter((_, index) => index % connections === connection % tokens.length);
      // Built beforehand, so that the generator only has to write each request.
      client.setRequests(own.map((token) => ({ headers: { authorization: `Bearer ${token}` } })));
    },
  });
  if (non2xx > 0 || errors > 0) {
    throw new Error(`${url} refused ${non2xx} good requests, ${errors} failed`);
  }
  return { perSecond: requests.total / duration };
});
