import { parseJsonObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';

/** A token, and a DPoP proof if the token is bound to a key (RFC 9449). **Nothing of it is verified.** */
export interface MessageCredentials {
  /** The access token. */
  readonly token: string;
  /** The DPoP proof. With a proof, the token is verified as a DPoP token, and without one as a Bearer token. */
  readonly proof?: string | undefined;
}

/** The size limit of a message in bytes. Anybody may send one, and no accepted token is longer. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Gives the text of a message from `ws`, with any `binaryType`. `undefined` for a message that is too long. */
export function messageText(data: unknown): string | undefined {
  const parts = Array.isArray(data) ? data : [data];
  const bytes = parts.map(bytesOf);
  const length = bytes.reduce((sum, each) => sum + each.length, 0);
  if (length > MAX_MESSAGE_BYTES) return undefined;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const each of bytes) {
    joined.set(each, at);
    at += each.length;
  }
  return new TextDecoder().decode(joined);
}

function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new TextEncoder().encode(typeof data === 'string' ? data : '');
}

/** Reads a message of the form `{ "token": "…", "proof": "…" }`. Other members are ignored. */
export function readCredentialsMessage(text: string): MessageCredentials | undefined {
  const message = parseJsonObject(new TextEncoder().encode(text));
  if (message === undefined) return undefined;
  const token = ownProperty(message, 'token');
  const proof = ownProperty(message, 'proof');
  if (typeof token !== 'string') return undefined;
  return typeof proof === 'string' ? { token, proof } : { token };
}
