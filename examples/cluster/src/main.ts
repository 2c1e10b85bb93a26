import cluster from 'node:cluster';
import { runWorker } from './worker.ts';

// ISSUER, AUDIENCE, PUBLIC_URL, DPOP_NONCE_SECRET and REDIS_URL; PORT, WORKERS, STORE_TIMEOUT_MS and FOLLOW=yes are
// optional.
// Make a secret: node -e "console.log(crypto.randomBytes(32).toString('base64'))"
if (cluster.isPrimary) runPrimary(Number(process.env['WORKERS'] ?? 4));
else await runWorker(String(cluster.worker?.id));

function runPrimary(workers: number): void {
  let listening = 0;
  let isEnding = false;
  cluster.on('listening', (_worker, { port }) => {
    listening += 1;
    if (listening === workers) console.log(`${workers} workers at port: ${port}`);
  });
  cluster.on('exit', (_worker, code) => {
    // A worker that cannot start is not started again: it would fail again.
    if (listening < workers && !isEnding) process.exit(code || 1);
    if (!isEnding) cluster.fork();
  });
  for (let count = 0; count < workers; count++) cluster.fork();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      isEnding = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
    });
  }
}
