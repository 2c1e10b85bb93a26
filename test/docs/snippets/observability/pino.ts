import { createResourceServer, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import { type DestinationStream, type Logger, pino } from 'pino';

/** A logger of the application that never prints the headers which hold credentials. */
export function createLogger(destination: DestinationStream): Logger {
  // #region logger
  const logger = pino(
    {
      redact: [
        'req.headers.authorization',
        'req.headers.cookie',
        'req.headers.dpop',
        'req.headers["proxy-authorization"]',
      ],
    },
    destination,
  );
  // #endregion
  return logger;
}

export function createServer(issuer: AudienceProvider, logger: Logger): ResourceServer {
  // #region events
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    onEvent: (event) => {
      if (event.type === 'request.authenticated') return;
      const level = event.type === 'request.refused' ? 'info' : 'warn';
      logger[level]({ event }, event.type);
    },
  });
  // #endregion
  return resourceServer;
}
