import { Socket } from 'node:net';
import { diskProblem } from '../../../rules/text/disk-problem.ts';
import { hasLittleRoom } from '../../journal/refused.ts';
import { frameReader, frameWriter } from './frames.ts';
import { askLibrary } from './library-call.ts';
import { DYNAMODB_TARGET } from './operations.ts';
import {
  CALLS_FD,
  type CallHead,
  type FromTableProcess,
  type ReplyHead,
  type ToTableProcess,
} from './process-protocol.ts';
import { TABLE_ACTIONS, type TableAnswer } from './table-actions.ts';
import { createTableStores, type TableStore } from './table-stores.ts';

/**
 * The table process: DynamoDB's tables, apart from the engine, so that a call that ends it ends nothing else. Started by
 * the engine with a channel, and gone when that closes, however the engine ends.
 * Its one argument is the folder of the tables; without it they are kept in memory.
 */
const [, , folder] = process.argv;
const stores = createTableStores(folder);
const JSON_TYPE = 'application/x-amz-json-1.0';
const calls = new Socket({ fd: CALLS_FD });
const write = frameWriter(calls);

function tell(message: FromTableProcess, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

function reply(head: ReplyHead, text: string): void {
  write(head, text);
}

function serve({ id, account, region, headers }: CallHead, body: Buffer): void {
  const store = stores.of(account, region);
  const operation = (headers['x-amz-target'] ?? '').slice(DYNAMODB_TARGET.length);
  const action = TABLE_ACTIONS[operation];
  const input = action === undefined ? undefined : parseObject(body.toString('utf8'));
  if (action === undefined || input === undefined) {
    askLibrary(store.server, headers, body, ({ text, ...head }) => reply({ id, ...head }, text));
    return;
  }
  const ask = (name: string, given: unknown) => askItself(store, headers, name, given);
  void action(input, { settings: store.settings, ask }).then((answer) => {
    reply({ id, status: answer.status, contentType: JSON_TYPE }, JSON.stringify(answer.body));
  });
}

/** The body as an object; undefined where the library has to say what is wrong with it. */
function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the library for another operation with the credentials of a call, and waits for its answer. */
function askItself(
  { server }: TableStore,
  original: CallHead['headers'],
  operation: string,
  input: unknown,
): Promise<TableAnswer> {
  const headers = {
    ...original,
    'x-amz-target': DYNAMODB_TARGET + operation,
    'content-type': JSON_TYPE,
  };
  return new Promise((resolve) => {
    askLibrary(server, headers, Buffer.from(JSON.stringify(input)), ({ status, text }) =>
      resolve({ status, body: parseObject(text) ?? {} }),
    );
  });
}

/** The library ends with an error that it can't handle, such as a disk's: what it has acknowledged is on the disk. */
process.on('uncaughtException', (error) => {
  // What is stored gets its answer.
  calls.uncork();
  const problem = diskProblem(error) ?? whyNotOpened(error);
  if (problem === undefined) process.exit(1);
  const message = `The local engine can't write to ${folder}: ${problem}.`;
  tell({ kind: 'failed', message }, () => process.exit(1));
});

/** The library keeps to itself why it could not open a store: without room it can't. */
function whyNotOpened({ message }: Error): string | undefined {
  const isClosed = message === 'Database is closed' && folder !== undefined;
  return isClosed && hasLittleRoom(folder) ? diskProblem({ code: 'ENOSPC' }) : undefined;
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToTableProcess) => {
  if (message.kind === 'reset') void stores.reset().then(() => tell({ kind: 'reset-done' }));
});
// A terminal's Ctrl-C reaches the whole group: the engine ends first, and this process with it.
process.on('SIGINT', () => undefined);
// Where the engine ended, `disconnect` says so.
calls.on('error', () => undefined);
calls.on(
  'data',
  frameReader((head, body) => serve(head as CallHead, body)),
);
tell({ kind: 'ready' });
