/** Whether text is a `token68` (RFC 9110 §11.2), which RFC 6750 §2.1 calls `b64token`. */
export function isToken68(text: string): boolean {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(text);
}
