/** A protected header of a verified token, own properties only (RFC 7515 §4). */
export type TokenHeader = Readonly<Record<string, unknown>>;
