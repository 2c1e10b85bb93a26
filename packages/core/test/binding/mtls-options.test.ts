import { describe, expect, it } from 'vitest';
import { type MtlsOptions, resolveMtls } from '../../src/binding/mtls-options.ts';
import { socketCertificate } from '../../src/binding/socket-certificate.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

const certificate = socketCertificate();

describe('mtls', () => {
  it('is off by default, and applies to bound tokens when it is on', () => {
    expect(resolveMtls(undefined)).toBeUndefined();
    expect(resolveMtls({ certificate })).toEqual({ mode: 'when-bound', certificate });
    expect(resolveMtls({ mode: 'required', certificate })).toEqual({
      mode: 'required',
      certificate,
    });
    expect(Object.isFrozen(resolveMtls({ certificate }))).toBe(true);
  });

  it('accepts a certificate source of the application', () => {
    const own = { thumbprintOf: () => undefined };
    expect(resolveMtls({ certificate: own })?.certificate).toBe(own);
  });

  it.each<[unknown, string]>([
    ['required', 'mtls takes an object of options'],
    [{}, 'mtls.certificate must say where'],
    [{ certificate: {} }, 'mtls.certificate must say where'],
    [{ certificate: 'socket' }, 'mtls.certificate must say where'],
    [{ certificate: socketCertificate }, 'mtls.certificate must say where'],
    [{ mode: 'off', certificate }, "mtls.mode must be 'when-bound' or 'required'"],
    [{ modus: 'required', certificate }, 'mtls has no option "modus"'],
  ])('%j is refused with the line to write', (options, message) => {
    const resolve = () => resolveMtls(options as MtlsOptions);
    expect(resolve).toThrow(ConfigurationError);
    expect(resolve).toThrow(message);
    expect(resolve).toThrow(/Write: mtls: \{/);
  });
});
