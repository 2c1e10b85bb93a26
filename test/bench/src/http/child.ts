import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A child process that answers one question after another. */
export interface Child<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  close(): void;
}

/** Starts a module of this folder in a child process, with flags of Node.js. */
export function openChild<Question extends object, Answer>(
  module: string,
  flags: readonly string[] = [],
): Child<Question, Answer> {
  const path = fileURLToPath(new URL(module, import.meta.url));
  const child: ChildProcess = fork(path, { serialization: 'advanced', execArgv: [...flags] });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${module} ended early`);
  });
  ended.catch(() => {});
  return {
    async ask(question) {
      const answered = once(child, 'message');
      child.send(question);
      const [answer] = await Promise.race([answered, ended]);
      // Both processes run modules of this folder and share the types.
      return answer as Answer;
    },
    close() {
      child.kill();
    },
  };
}

/** The child's side: answers every question, and exits if it cannot. */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (question: Question) => {
    answer(question).then(
      (reply) => process.send?.(reply),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
