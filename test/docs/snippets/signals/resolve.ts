const secretOfTheStream = 'the-secret-of-the-stream';
const users = {
  async findByIdentifier(subject: unknown): Promise<string | undefined> {
    return JSON.stringify(subject).includes('ada@acme.com') ? 'auth0|17' : undefined;
  },
};

// #region resolve
import { memoryRevocations } from '@authly/express';
import { securityEvents } from '@authly/signals';

const revocations = memoryRevocations();
const events = securityEvents({
  transmitters: [
    {
      issuer: 'https://idp.partner.com',
      jwksUri: 'https://idp.partner.com/jwks',
      audience: 'https://orders.acme.com/events',
      authorization: `Bearer ${secretOfTheStream}`,
      speaksFor: ['https://acme.eu.auth0.com/'],
    },
  ],
  revocations,
  async resolveSubject(subject) {
    const userId = await users.findByIdentifier(subject);
    if (userId === undefined) return undefined;
    return { kind: 'subject', issuer: 'https://acme.eu.auth0.com/', subject: userId };
  },
});

// #endregion

export { events, revocations };
