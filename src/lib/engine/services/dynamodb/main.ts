import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { diskProblem } from '../../../rules/text/disk-problem.ts';
import { hasLittleRoom } from '../../journal/refused.ts';
import { DYNAMODB_TARGET } from './operations.ts';
import { type FromTableProcess, TABLE_HEADERS, type ToTableProcess } from './process-protocol.ts';
import { TABLE_ACTIONS, type TableAnswer } from './table-actions.ts';
import { createTableStores } from './table-stores.ts';

/**
 * The table process: DynamoDB's tables, apart from the engine, so that a call that ends it ends nothing else. Started by
 * the engine with a channel, and gone when that closes, however the engine ends.
 * Its one argument is the folder of the tables; without it they are kept in memory.
 */
const secret = randomBytes(16).toString('hex');
/** Marks the calls that this process makes to itself. */
const inner = randomBytes(16).toString('hex');
const [, , folder] = process.argv;
const stores = createTableStores(folder);
const JSON_TYPE = 'application/x-amz-json-1.0';

function tell(message: FromTableProcess, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

const server = createServer((incoming, response) => {
  const given = header(incoming, TABLE_HEADERS.secret);
  if (given !== secret && given !== inner) {
    response.writeHead(403).end();
    return;
  }
  const store = stores.of(
    header(incoming, TABLE_HEADERS.account),
    header(incoming, TABLE_HEADERS.region),
  );
  const operation = header(incoming, 'x-amz-target').slice(DYNAMODB_TARGET.length);
  const action = TABLE_ACTIONS[operation];
  if (action === undefined || given === inner) {
    store.server.emit('request', incoming, response);
    return;
  }
  void readBody(incoming).then(async (body) => {
    const ask = (name: string, input: unknown) => askItself(incoming, name, JSON.stringify(input));
    const input = parseObject(body);
    const answer =
      input === undefined
        ? await askItself(incoming, operation, body)
        : await action(input, { settings: store.settings, ask });
    send(response, answer);
  });
});

function header({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  return (await buffer(incoming)).toString('utf8');
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

/** Sends another operation with the credentials of a call to the library, and waits for its answer. */
function askItself(original: IncomingMessage, operation: string, body: string) {
  return new Promise<TableAnswer>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const headers = {
      ...original.headers,
      [TABLE_HEADERS.secret]: inner,
      'x-amz-target': DYNAMODB_TARGET + operation,
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(body),
    };
    const call = request({ host: '127.0.0.1', port, method: 'POST', headers }, (answer) => {
      readBody(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 500, body: parseObject(text) ?? {} }),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

function send(response: ServerResponse, { status, body }: TableAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': JSON_TYPE,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The library ends with an error that it can't handle, such as a disk's: what it has acknowledged is on the disk. */
process.on('uncaughtException', (error) => {
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
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  tell({ kind: 'ready', port, secret });
});
