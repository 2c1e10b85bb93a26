// A test for mocha with ts-node, which compiles it to CommonJS.
import { strictEqual } from 'node:assert';
import { authenticate, isAuthError } from '@authly/express';
import { authly } from '@authly/express/providers';

describe('an API', () => {
  it('refuses who has no token', async () => {
    const auth = authenticate(
      { issuer: authly('https://as.test'), audience: 'https://api.test' },
      { onRefusal: 'next' },
    );
    const request = { headers: {} } as unknown as Parameters<typeof auth>[0];
    const response = { headersSent: false } as Parameters<typeof auth>[1];
    const error = await new Promise((resolve) => auth(request, response, resolve));
    strictEqual(isAuthError(error) && error.status, 401);
  });
});
