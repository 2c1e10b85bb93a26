import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MissingToolError } from '../external-tool.ts';
import { startServer } from './server-process.ts';
import { isRight, tableOf } from './table.ts';
import { aWorkbench } from './workbench.ts';

// What every counterpart rests on: that a difference is seen, and that nothing goes on running.

it('a table marks differences, and names frameworks only if they differ from each other', () => {
  const bench = aWorkbench();
  bench.note('a user', 'user dana', { 'Express 5': 'user dana', 'Koa 3': 'user dana' });
  bench.note('an ID token', '401', { 'Express 5': '401', 'Koa 3': '200' });
  bench.note('nobody', '401', {});
  expect(bench.rows.map(isRight)).toEqual([true, false, false]);
  expect(tableOf(bench.rows).split('\n')).toEqual([
    'check        expected   got',
    'a user       user dana  as expected',
    'an ID token  401        Express 5: 401; Koa 3: 200 !',
    'nobody       401        no answer !',
  ]);
});

it('a workbench stops the latest program first, and all the others even if one does not stop', async () => {
  const bench = aWorkbench();
  const stopped: string[] = [];
  bench.onEnd(() => stopped.push('database'));
  bench.onEnd(() => Promise.reject(new Error('busy')));
  bench.onEnd(() => stopped.push('server'));
  await expect(bench.end()).rejects.toThrow('Something did not stop');
  expect(stopped).toEqual(['server', 'database']);
  expect(existsSync(bench.folder)).toBe(false);
});

it('a server and the processes that it has started end with the workbench', async () => {
  const bench = aWorkbench();
  const ready = join(bench.folder, 'ready');
  const grandchild = `
    const server = require('node:net').createServer().listen(0, '127.0.0.1', () =>
      require('node:fs').writeFileSync(${JSON.stringify(ready)}, String(server.address().port)));`;
  const program = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
    setInterval(() => {}, 1e6);`;
  await startServer(bench, {
    name: 'server',
    needs: 'Node.js',
    command: [process.execPath, '-e', program],
    isReady: async () => readFileSync(ready, 'utf8') !== '',
  });
  const port = Number(readFileSync(ready, 'utf8'));
  expect(await isListening(port)).toBe(true);
  await bench.end();
  expect(await isListening(port)).toBe(false);
});

it('a server that ends early is reported with its output', async () => {
  const bench = aWorkbench();
  const started = startServer(bench, {
    name: 'server',
    needs: 'Node.js',
    command: [process.execPath, '-e', 'console.error("port in use"); process.exit(1)'],
    isReady: async () => false,
  });
  await expect(started).rejects.toThrow('server did not start:\nport in use');
  await bench.end();
});

it('a missing tool is reported in one line', async () => {
  const bench = aWorkbench();
  const started = startServer(bench, {
    name: 'server',
    needs: 'a JDK (17, 21 or 25)',
    command: [join(bench.folder, 'no-such-program')],
    isReady: async () => false,
  });
  await expect(started).rejects.toThrow(MissingToolError);
  await expect(started).rejects.toThrow('This needs a JDK (17, 21 or 25), which is not here.');
  await bench.end();
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
