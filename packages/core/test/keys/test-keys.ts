import { exportJWK, generateKeyPair, type JWK } from 'jose';

type Members = JWK & Readonly<Record<string, unknown>>;

/** A new public JWK, with `kid`, `alg` and `use` as providers publish them. */
export async function aPublicJwk(members: Members = {}, alg = 'ES256'): Promise<JWK> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(publicKey)), alg, use: 'sig', ...members };
}

/** A new private JWK, which a provider should never publish. */
export async function aPrivateJwk(members: Members = {}, alg = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, ...members };
}
