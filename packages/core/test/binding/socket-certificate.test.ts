import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { socketCertificate } from '../../src/binding/socket-certificate.ts';
import type { RequestView } from '../../src/http/request-view.ts';

const view = (peerCertificate?: () => Uint8Array | undefined): RequestView => ({
  method: 'GET',
  url: '/',
  header: () => undefined,
  ...(peerCertificate && { peerCertificate }),
});
const der = (text: string) => new TextEncoder().encode(text);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');

it('[RFC8705-3.1-a] the thumbprint is the hash of the bytes that the connection gives, for each connection its own', () => {
  const source = socketCertificate();
  const [one, other] = [der('one'), der('other')];
  for (const bytes of [one, other, one]) {
    expect(source.thumbprintOf(view(() => bytes))).toBe(hash(bytes));
  }
});

it('there is no thumbprint if the connection has no certificate, or the view cannot give it', () => {
  const source = socketCertificate();
  expect(source.thumbprintOf(view(() => undefined))).toBeUndefined();
  expect(source.thumbprintOf(view())).toBeUndefined();
  expect(source.whyNone?.(view())).toContain('requestCert: true');
});
