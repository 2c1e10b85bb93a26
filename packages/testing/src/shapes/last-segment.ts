/** What stands after the last `/`: the id of the project that an issuer ends with. */
export function lastSegment(issuer: string): string {
  return issuer.slice(issuer.lastIndexOf('/') + 1);
}
