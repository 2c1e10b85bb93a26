import { exportJWK, generateKeyPair, type JWK } from 'jose';

type Members = JWK & Readonly<Record<string, unknown>>;

/** A public JWK of a fresh key, with `kid`, `alg` and `use` as providers publish them. */
export async function aPublicJwk(members: Members = {}, alg = 'ES256'): Promise<JWK> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(publicKey)), alg, use: 'sig', ...members };
}

/** The private JWK of a fresh key: what a provider should never publish. */
export async function aPrivateJwk(members: Members = {}, alg = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, ...members };
}
