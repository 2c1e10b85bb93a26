// #region adapter
import {
  type AnyResourceServerOptions,
  nodeRequestView,
  type Refusal,
  type Requirement,
  type ResourceServer,
} from '@authly/core';
import {
  admissionMode,
  admissionOf,
  admitRequest,
  answerRefusal,
  checkRequirement,
  guardRequest,
} from '@authly/core/adapter';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** For `app.addHook('onRequest', …)`. */
export function authenticate(options: AnyResourceServerOptions | ResourceServer<unknown>): Hook {
  const mode = admissionMode(options);
  return async function authenticate(request, reply) {
    try {
      await admitRequest(request, nodeRequestView(request.raw, request.originalUrl), mode);
    } catch (error) {
      return respond(reply, answerRefusal(error, mode, reply.sent));
    }
  };
}

/** For `app.addHook('preHandler', …)`, or the `preHandler` of a route. */
export function authorize(requirement: Requirement): Hook {
  checkRequirement(requirement);
  return async function authorize(request, reply) {
    try {
      guardRequest(request, requirement);
    } catch (error) {
      return respond(reply, answerRefusal(error, admissionOf(request), reply.sent));
    }
  };
}

function respond(reply: FastifyReply, { status, headers, body }: Refusal): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers })
    .send(body);
}
// #endregion
