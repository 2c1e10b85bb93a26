import { type AuthEvent, createResourceServer } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const counted: [name: string, labels: object][] = [];
const count = (name: string, labels: object) => counted.push([name, labels]);

// #region events
function watch(event: AuthEvent): void {
  switch (event.type) {
    case 'keys.refresh_failed':
    case 'keys.ignored':
      count(event.type, { issuer: event.issuer, cause: event.cause });
      break;
    case 'keys.stale':
      // Alert on this one: when staleForSec is used up, requests get 503.
      count(event.type, { issuer: event.issuer });
      break;
    case 'keys.snapshot':
      count(event.type, { issuer: event.issuer, outcome: event.outcome });
  }
}

const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  onEvent: watch,
});

// #endregion

export { counted, resourceServer };
