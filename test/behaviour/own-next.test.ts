import { rfc9068 } from '@authly/core/providers';
import { authenticate } from '@authly/express';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import express4 from 'express4';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken, ISSUER, issuer } from '../support/tokens.ts';

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
])('%s: authenticate with a next that the application wrote', (_, create) => {
  it('passes on what it throws, with and without waiting for keys', async () => {
    const fault = new Error('a bug behind authenticate');
    const faults: unknown[] = [];
    const authenticated = authenticate(
      aResourceServer({
        issuer: rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }),
        fetch: async () => Response.json(issuer.jwks),
      }),
    );
    const wrapped: RequestHandler = (request, response, next) =>
      authenticated(request, response, (error) => {
        if (error !== undefined) return next(error);
        throw fault;
      });
    const handleError: ErrorRequestHandler = (error, _request, response, _next) => {
      faults.push(error);
      response.sendStatus(500);
    };
    const app = create().use(wrapped).use(handleError);
    const authorization = `Bearer ${aUserToken()}`;
    // The first request waits for the keys, the second does not.
    for (const expected of [[fault], [fault, fault]]) {
      expect((await supertest(app).get('/').set({ authorization })).status).toBe(500);
      expect(faults).toEqual(expected);
    }
  });
});
