import { readForm } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';

describe.each(frameworks)('any neutral handler mounted in $name', (framework) => {
  it('gets method, path, query and headers as they came, and may set a header twice', async () => {
    const seen: unknown[] = [];
    const app = framework.createApp(({ use }) => {
      use(
        framework.kit.mount((request) => {
          const { method, path, query, parsedBody } = request;
          seen.push({ method, path, query, parsedBody, host: request.header('x-test') });
          return { status: 207, headers: { 'x-list': ['a', 'b'] }, body: undefined };
        }),
      );
    });
    const response = await send(app, {
      path: '/some/path?a=%20&b=c?d',
      headers: { 'x-test': 'A, B' },
    });
    expect(response.status).toBe(207);
    expect(response.headers['x-list']).toBe('a, b');
    expect(response.text).toBe('');
    expect(seen).toEqual([
      {
        method: 'GET',
        path: '/some/path',
        query: 'a=%20&b=c?d',
        parsedBody: undefined,
        host: 'A, B',
      },
    ]);
  });

  it.each([
    { trustProxy: false, client: 'the peer' },
    { trustProxy: true, client: '192.0.2.9' },
  ])(
    'gets the address of the peer as it is, and the client as the framework sees it: trust proxy $trustProxy',
    async ({ trustProxy, client }) => {
      const seen: (string | undefined)[] = [];
      const app = framework.createApp(
        ({ use }) => {
          use(
            framework.kit.mount(({ peerAddress, clientAddress, peerCertificate }) => {
              expect(peerCertificate()).toBeUndefined();
              seen.push(peerAddress, clientAddress);
              return { status: 200, headers: {}, body: '' };
            }),
          );
        },
        { trustProxy },
      );
      const headers = { 'x-forwarded-for': '192.0.2.9' };
      expect((await send(app, { headers })).status).toBe(200);
      const [peer, reported] = seen;
      expect(peer).toMatch(/^(?:::ffff:)?127\.0\.0\.1$/);
      expect(reported).toBe(client === 'the peer' ? peer : client);
    },
  );

  it('may read a form, unless something before it read the body and did not keep it', async () => {
    const app = framework.createApp(
      ({ use }) => {
        use(
          framework.kit.mount(async (request) => {
            const form = await readForm(request);
            return { status: 200, headers: {}, body: form.get('a') };
          }),
        );
      },
      { bodyParser: 'discarding' },
    );
    const response = await send(app, { method: 'post' }).type('form').send('a=1');
    expect(response.status).toBe(500);
    expect(app.faults).toMatchObject([
      { message: expect.stringContaining('Write: app.use(mount') },
    ]);
  });

  it('gets the rest of the path below another app', async () => {
    const paths: string[] = [];
    const app = framework.createApp((outer) => {
      outer.app('/auth', ({ use }) =>
        use(
          framework.kit.mount(({ path }) => {
            paths.push(path);
            return { status: 200, headers: {}, body: '' };
          }),
        ),
      );
    });
    await send(app, { path: '/auth/token?x' });
    expect(paths).toEqual(['/token']);
  });

  it('throws its errors to the application’s error handling', async () => {
    const fault = new Error('a key store is down');
    for (const handler of [() => Promise.reject(fault), failing(fault)]) {
      const app = framework.createApp(({ use }) => use(framework.kit.mount(handler)));
      const response = await send(app);
      expect(response.status).toBe(500);
      expect(app.faults).toEqual([fault]);
    }
  });

  it('may answer without a body, and then without a content type', async () => {
    const app = framework.createApp(({ use }) =>
      use(framework.kit.mount(() => ({ status: 200, headers: { 'x-a': '1' }, body: undefined }))),
    );
    const response = await send(app);
    expect(response.status).toBe(200);
    expect(response.text).toBe('');
    expect(response.headers).not.toHaveProperty('content-type');
  });
});

function failing(fault: Error): () => never {
  return () => {
    throw fault;
  };
}
