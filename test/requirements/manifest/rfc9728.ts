import type { Coverage } from './entry.ts';

export const rfc9728: Coverage = {
  rfc: 9728,
  title: 'OAuth 2.0 Protected Resource Metadata',
  scope: 'the resource server: `protectedResourceMetadata`, and the challenges that point at it',
  entries: [
    {
      id: 'RFC9728-1.2-a',
      level: 'MUST',
      behavior:
        'A resource identifier is an https URL without fragment (http on loopback, for development).',
    },
    {
      id: 'RFC9728-2-a',
      level: 'MUST',
      behavior: 'resource is there, and says how a token may be sent: bearer_methods_supported.',
    },
    {
      id: 'RFC9728-2-b',
      level: 'MUST',
      behavior:
        'Members are well-formed: jwks_uri is https, the algorithm none is not listed, pages are URLs.',
    },
    {
      id: 'RFC9728-2-c',
      level: 'MAY',
      behavior: 'authorization_servers are the issuers that tokens are accepted from.',
    },
    {
      id: 'RFC9728-2-d',
      level: 'SHOULD',
      behavior: 'scopes_supported lists the scopes, as given or as the guards in use need them.',
    },
    {
      id: 'RFC9728-2-e',
      level: 'MAY',
      behavior: 'No sender constraint is promised, since none is supported yet.',
    },
    {
      id: 'RFC9728-2.1-a',
      level: 'MAY',
      behavior: 'Members for people may stand there in several languages: resource_name#fr.',
    },
    {
      id: 'RFC9728-2.2-a',
      level: 'MUST',
      behavior: 'signed_metadata is a signed JWT with iss; one of another resource is refused.',
    },
    {
      id: 'RFC9728-3-a',
      level: 'MUST',
      behavior:
        'The document is at the well-known path, inserted between host and path or query of the resource.',
    },
    {
      id: 'RFC9728-3.1-a',
      level: 'MUST',
      behavior: 'It is read with GET.',
    },
    {
      id: 'RFC9728-3.1-b',
      level: 'MUST',
      behavior: 'A slash right after the host is taken away before that.',
    },
    {
      id: 'RFC9728-3.2-a',
      level: 'MUST',
      behavior: 'It is answered with 200 and a JSON object of type application/json.',
    },
    {
      id: 'RFC9728-3.2-b',
      level: 'MUST',
      behavior: 'Members without a value are left out.',
    },
    {
      id: 'RFC9728-3.3-a',
      level: 'MUST',
      behavior: 'resource is exactly the identifier that the URL of the document is made from.',
    },
    {
      id: 'RFC9728-5.1-a',
      level: 'MAY',
      behavior: 'Challenges name the URL of the document, once it is published.',
    },
    {
      id: 'RFC9728-5.1-b',
      level: 'MAY',
      behavior: 'They do so beside the parameters of other specifications.',
    },
    {
      id: 'RFC9728-7.10-a',
      level: 'SHOULD',
      behavior: 'Cache-Control says how long the document may be kept.',
    },
  ],
};
