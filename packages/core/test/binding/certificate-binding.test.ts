import { describe, expect, it } from 'vitest';
import { certificateBinding, explainCertificate } from '../../src/binding/certificate-binding.ts';
import type { CertificateSource } from '../../src/binding/certificate-source.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';

const request: RequestView = { method: 'GET', url: '/', header: () => undefined };
const token = {} as VerifiedToken;
const presented = { token: 'a.b.c', scheme: 'bearer', request } as const;

const kind = (certificate: CertificateSource, mode: 'when-bound' | 'required' = 'when-bound') =>
  certificateBinding({ mode, certificate });

describe('a token that is bound to a certificate', () => {
  it('[RFC8705-3-a] is accepted with this certificate, and with no other', () => {
    const binding = kind({ thumbprintOf: () => 'ours' });
    expect(binding.member).toBe('x5t#S256');
    expect(binding.holds('ours', token, presented)).toBeUndefined();
    expect(binding.holds('theirs', token, presented)).toEqual({ reason: 'certificate_mismatch' });
    expect(binding.holds('', token, presented)).toEqual({ reason: 'certificate_mismatch' });
  });

  it('is refused with a reason without a certificate, and the operator is told why there is none', () => {
    const none = { thumbprintOf: () => undefined };
    expect(kind(none).holds('ours', token, presented)).toEqual({ reason: 'certificate_missing' });
    const because = { ...none, whyNone: () => 'no TLS' };
    expect(kind(because).holds('ours', token, presented)).toEqual({
      reason: 'certificate_missing',
      hint: 'no TLS',
    });
  });

  it('causes the only call of the source; other tokens do not', () => {
    const asked: RequestView[] = [];
    const source: CertificateSource = {
      thumbprintOf: (view) => {
        asked.push(view);
        return 'ours';
      },
    };
    expect(kind(source).holds(undefined, token, presented)).toBeUndefined();
    expect(kind(source, 'required').holds(undefined, token, presented)).toEqual({
      reason: 'certificate_required',
    });
    expect(asked).toEqual([]);
    kind(source).holds('ours', token, presented);
    expect(asked).toEqual([request]);
  });

  it('says whether a binding is required', () => {
    const source = { thumbprintOf: () => 'ours' };
    expect([kind(source).isRequired, kind(source, 'required').isRequired]).toEqual([false, true]);
  });
});

describe('a certificate source of the application', () => {
  it('that throws is an outage, not a fault of the token', () => {
    const cause = new Error('down');
    const source: CertificateSource = {
      thumbprintOf: () => {
        throw cause;
      },
    };
    expect(kind(source).holds('ours', token, presented)).toEqual({
      reason: 'certificate_unavailable',
      cause,
    });
  });

  it.each([Promise.resolve('ours'), null, 1, {}])('that gives %s is an outage', (answer) => {
    const source = { thumbprintOf: () => answer } as unknown as CertificateSource;
    expect(kind(source).holds('ours', token, presented)).toEqual({
      reason: 'certificate_unavailable',
      cause: new TypeError(
        'thumbprintOf() of mtls.certificate returned neither a string nor undefined',
      ),
    });
  });

  it('that is async and rejects does not end the process', async () => {
    const fails = async () => Promise.reject(new Error('down'));
    for (const source of [
      { thumbprintOf: fails },
      { thumbprintOf: () => undefined, whyNone: fails },
    ]) {
      const binding = kind(source as unknown as CertificateSource);
      expect(binding.holds('ours', token, presented)).toBeDefined();
    }
    // An unhandled rejection would fail this test.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each([
    () => {
      throw new Error('down');
    },
    () => 1,
  ])('whose whyNone throws or gives no text has no hint', (whyNone) => {
    const source = { thumbprintOf: () => undefined, whyNone } as unknown as CertificateSource;
    expect(kind(source).holds('ours', token, presented)).toEqual({ reason: 'certificate_missing' });
  });
});

it('explainCertificate shows the thumbprint, or why there is none', () => {
  const explain = (certificate: CertificateSource) =>
    explainCertificate(request, { mode: 'when-bound', certificate });
  const whyNone = () => 'no TLS';
  expect(explain({ thumbprintOf: () => 'ours', whyNone })).toEqual({
    thumbprint: 'ours',
    whyNone: undefined,
  });
  expect(explain({ thumbprintOf: () => undefined, whyNone })).toEqual({
    thumbprint: undefined,
    whyNone: 'no TLS',
  });
});
