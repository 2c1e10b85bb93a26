// Adding a name here makes it public: `@authly/core/adapter`, what an adapter for a framework needs.

export { type NodeHandlerRequest, nodeHandlerRequest } from '../http/node-handler-request.ts';
export { exchangeView, rawHeader } from '../http/node-request.ts';
export { createEventSink, type EventSink } from '../lib/event-sink.ts';
export { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
export { memberOf } from '../lib/member-of.ts';
export { requestMember } from '../lib/request-member.ts';
export { createStoreOutage, type StoreOutage } from '../lib/store-outage.ts';
export { checkRequirement, isRequirement } from '../requirement/check-requirement.ts';
export { checkResourceServer, isResourceServer } from '../resource-server.ts';
export { assertGuardedRoutes } from '../routes/assert-guarded-routes.ts';
export { errorMiddleware, errorsOf, neutralMiddleware } from '../routes/route-check.ts';
export { type DescribeOptions, describeRoutes } from '../routes/route-description.ts';
export type { Ending, RouteLayer } from '../routes/route-layer.ts';
export { type PathParts, pathPart, type UnknownPart } from '../routes/route-path.ts';
export { isPrincipalKey } from '../stores/revocation-target.ts';
export { type Admission, admissionBehind, admissionOf } from './admission.ts';
export {
  type AdmissionMode,
  type AuthenticateInfo,
  type AuthenticateOptionsOf,
  admissionMode,
  type FrameworkMode,
  type Skip,
} from './admission-mode.ts';
export { admitPrincipal, admitRequest } from './admit-request.ts';
export { type AnswerMode, answerRefusal } from './answer-refusal.ts';
export { answerThrown, type ThrownAnswerResponse } from './answer-thrown.ts';
export { calledByOtherFramework } from './called-by-other-framework.ts';
export { checkHandler } from './check-handler.ts';
export { presentedTokenOf } from './create-admission.ts';
export {
  EVENT_STREAM_HEADERS,
  type EventStream,
  type EventStreamOptions,
  type EventStreamTarget,
  eventStreamLease,
  eventStreamOptions,
  openEventStream,
} from './event-stream.ts';
export { type GuardMakers, guardMakers } from './guard-makers.ts';
export { guardRequest } from './guard-request.ts';
export { misplacedMetadata } from './misplaced-metadata.ts';
export { notDescribable } from './not-describable.ts';
export { refuseMore } from './refuse-more.ts';
export { type AdapterPackage, refuseOtherFramework } from './refuse-other-framework.ts';
export { refuseUncalled } from './refuse-uncalled.ts';
export type { ServerSentEvent } from './server-sent-event.ts';
