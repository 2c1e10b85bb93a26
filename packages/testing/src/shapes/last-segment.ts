/** The text after the last `/`: the project id at the end of an issuer. */
export function lastSegment(issuer: string): string {
  return issuer.slice(issuer.lastIndexOf('/') + 1);
}
