import { describe, expect, it } from 'vitest';
import { answerRefusal } from '../../src/adapter/answer-refusal.ts';
import { RefusedError } from '../../src/http/refusal.ts';
import { AuthError } from '../../src/model/errors.ts';
import { anAnsweringServer } from './servers.ts';

const resourceServer = anAnsweringServer();
const error = new AuthError('expired');

describe('answerRefusal', () => {
  it('gives the answer that the server makes for the error', () => {
    const answer = answerRefusal(error, { resourceServer, delegated: false });
    expect(answer).toEqual(resourceServer.refusal(error));
    expect(answer.status).toBe(401);
  });

  it.each([
    ['where refusals are delegated', { resourceServer, delegated: true }, false],
    ['where the response was answered already', { resourceServer, delegated: false }, true],
  ])('throws a RefusedError with its answer %s', (_, mode, answered) => {
    const { headers } = resourceServer.refusal(error);
    const answer = () => answerRefusal(error, mode, answered);
    expect(answer).toThrow(RefusedError);
    expect(answer).toThrow(
      expect.objectContaining({ reason: 'expired', status: 401, headers, expose: true }),
    );
  });

  it('throws an error that is not a refusal unchanged, in every mode', () => {
    const fault = new RangeError('a bug');
    for (const delegated of [false, true]) {
      expect(() => answerRefusal(fault, { resourceServer, delegated })).toThrow(fault);
    }
  });

  it('throws a refusal unchanged if the request was never admitted', () => {
    expect(() => answerRefusal(error, undefined)).toThrow(error);
  });
});
