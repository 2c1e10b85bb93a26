import { expect, it } from 'vitest';
import { misplacedMetadata } from '../../src/adapter/misplaced-metadata.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('misplacedMetadata says where it is mounted, where clients look, and what to write', () => {
  const error = misplacedMetadata('below a prefix', '/.well-known/oauth-protected-resource');
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toBe(
    'protectedResourceMetadata is mounted below a prefix, but clients look for /.well-known/oauth-protected-resource. ' +
      'Write: app.use(protectedResourceMetadata(resourceServer)) on the app itself',
  );
});
