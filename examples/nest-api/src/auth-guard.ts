import { nodeRequestView, type Requirement } from '@authly/core';
import { type AdmissionMode, admitRequest, guardRequest } from '@authly/core/adapter';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { nodeExchangeOf } from './node-exchange.ts';
import { PUBLIC, REQUIREMENTS } from './requires.ts';

type Place = ReturnType<ExecutionContext['getClass'] | ExecutionContext['getHandler']>;

/**
 * Lets a request pass when its token is accepted and the requirements of the handler and its controller are
 * met. It is global, so a new route needs a token unless it is marked `@Public()`.
 */
export class AuthGuard implements CanActivate {
  readonly #mode: AdmissionMode;
  readonly #reflector: Reflector;

  constructor(mode: AdmissionMode, reflector: Reflector) {
    this.#mode = mode;
    this.#reflector = reflector;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getClass(), context.getHandler()] as const;
    if (this.#isPublic(places)) return true;
    // Sockets and queues carry no Authorization header: they need a guard of their own.
    if (context.getType() !== 'http') return false;
    const { request, response, url } = nodeExchangeOf(context);
    // The caller is remembered with Node's request, because middleware has that too, on both platforms.
    await admitRequest(request, nodeRequestView(request, url, { response }), this.#mode);
    for (const place of places) {
      for (const requirement of this.#required(place)) guardRequest(request, requirement);
    }
    return true;
  }

  /** A controller that is public and requires something is not public. */
  #isPublic([controller, handler]: readonly [Place, Place]): boolean {
    if (this.#required(handler).length > 0) return false;
    if (this.#isMarked(handler)) return true;
    return this.#isMarked(controller) && this.#required(controller).length === 0;
  }

  #isMarked(place: Place): boolean {
    return this.#reflector.get<unknown>(PUBLIC, place) === true;
  }

  #required(place: Place): readonly Requirement[] {
    return this.#reflector.get<readonly Requirement[] | undefined>(REQUIREMENTS, place) ?? [];
  }
}
