import { describe, expect, it } from 'vitest';
import { admit } from '../../src/adapter/admission.ts';
import { answerThrown } from '../../src/adapter/answer-thrown.ts';
import { createAdmission } from '../../src/adapter/create-admission.ts';
import { refusalOf } from '../../src/adapter/refusal-of.ts';
import { RefusedError } from '../../src/http/refusal.ts';
import { AuthError } from '../../src/model/errors.ts';
import { ANONYMOUS } from '../../src/request/adapter-side.ts';
import { aResourceServer } from '../resource-servers.ts';

const resourceServer = aResourceServer({ realm: 'here' });

function aResponse(headersSent = false) {
  const removed: string[] = [];
  return { headersSent, removed, removeHeader: (name: string) => void removed.push(name) };
}

describe('answerThrown', () => {
  it('gives the answer of a RefusedError, and remembers it', () => {
    const plain = new AuthError('expired');
    const error = new RefusedError(plain, resourceServer.refusal);
    const request = {};
    expect(answerThrown(error, request, aResponse())).toEqual(resourceServer.refusal(plain));
    expect(refusalOf(request)).toBe(error);
  });

  it('asks the resource server of the request for a plain AuthError', () => {
    const request = {};
    admit(request, createAdmission(ANONYMOUS, { resourceServer, delegated: false }));
    const error = new AuthError('scope_missing', { scopes: ['a'] });
    expect(answerThrown(error, request, aResponse())).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('scope="a"') },
    });
  });

  it('removes headers that describe the handler’s own body', () => {
    const plain = new AuthError('expired');
    const response = aResponse();
    answerThrown(new RefusedError(plain, resourceServer.refusal), {}, response);
    expect(response.removed).toEqual(expect.arrayContaining(['content-length', 'etag']));
  });

  it('throws errors again that the application must handle: other errors, late errors, and AuthErrors of requests that were not admitted', () => {
    const plain = new AuthError('expired');
    const refused = new RefusedError(plain, resourceServer.refusal);
    const response = aResponse();
    for (const error of [new Error('a bug'), undefined, plain]) {
      expect(() => answerThrown(error, {}, response)).toThrow(
        error instanceof Error ? error : undefined,
      );
    }
    expect(() => answerThrown(refused, {}, aResponse(true))).toThrow(refused);
    expect(response.removed).toEqual([]);
  });
});
