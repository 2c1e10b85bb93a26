import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** The compiler as an editor runs it: the language server protocol over pipes. */
function startLanguageServer() {
  const child = spawn(process.execPath, [TSC, '--lsp', '--stdio'], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const waiting = new Map<number, (result: unknown) => void>();
  let received = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let message = next(); message !== undefined; message = next()) {
      const { id, method, result } = message;
      if (id === undefined) continue;
      // What it asks of the editor, such as settings, has no answer here.
      if (method !== undefined) send({ id, result: null });
      else waiting.get(id)?.(result);
    }
  });

  function next(): Message | undefined {
    const [head, length] = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(`${received}`) ?? [];
    if (head === undefined || received.length < head.length + Number(length)) return undefined;
    const end = head.length + Number(length);
    const message: Message = JSON.parse(`${received.subarray(head.length, end)}`);
    received = received.subarray(end);
    return message;
  }

  function send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  return {
    notify: (method: string, params: object) => send({ method, params }),
    ask: (method: string, params: object) =>
      new Promise<unknown>((resolve) => {
        const id = waiting.size + 1;
        waiting.set(id, resolve);
        send({ id, method, params });
      }),
  };
}

// A resource server is accepted instead of its options, but its methods must not be offered as
// options.
it('an editor offers the options of authenticate', async () => {
  const { ask, notify } = startLanguageServer();
  await ask('initialize', {
    processId: null,
    rootUri: pathToFileURL(ROOT).href,
    capabilities: { textDocument: { completion: { completionItem: {} } } },
  });
  notify('initialized', {});
  for (const name of ['express', 'koa']) {
    const uri = pathToFileURL(join(ROOT, `test/types/${name}.test-d.ts`)).href;
    const lines = [`import { authenticate } from '@authly/${name}';`, 'authenticate({  });'];
    const document = { uri, languageId: 'typescript', version: 1, text: lines.join('\n') };
    notify('textDocument/didOpen', { textDocument: document });
    const answer = await ask('textDocument/completion', {
      textDocument: { uri },
      position: { line: 1, character: 'authenticate({ '.length },
    });
    const { items } = answer as { items: readonly { readonly label: string }[] };
    const labels = items.map(({ label }) => label.replace('?', ''));
    expect(labels).toEqual(expect.arrayContaining(['issuer', 'audience', 'claims', 'onEvent']));
    expect(labels.filter((each) => /^(?:authenticate|verify|close|ready)/.test(each))).toEqual([]);
  }
});
