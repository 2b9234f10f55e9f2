import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOnDemandProcess } from '../../background/on-demand-process.ts';
import { TABLE_HEADERS, type ToTableProcess } from './process-protocol.ts';

/** A DynamoDB request on its way to the table process. */
export interface TableCall {
  readonly account: string;
  readonly region: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the table process answered. */
export interface TableReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The process that keeps DynamoDB's tables; it is started by the first call, and again by the next when it has ended. */
export interface TableProcess {
  /** Its process id; undefined while it doesn't run. */
  readonly pid: number | undefined;
  /** Why the disk takes nothing of it, as a sentence; undefined while it does. */
  readonly problem: string | undefined;
  /** @throws DiskRefused; Error when the process ended while it worked on the call, or can't be started. */
  call(call: TableCall): Promise<TableReply>;
  /** Drops every table. */
  reset(): Promise<void>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** The disk takes no more: the call that was to be kept did not happen. */
export class DiskRefused extends Error {
  override name = 'DiskRefused';
}

/** Where the process is reached, and what it asks to be shown. */
interface TablePort {
  readonly port: number;
  readonly secret: string;
}

/** How long a process that dropped a call is waited for. */
const EXIT_WAIT_MS = 1_000;
const PASSED_HEADERS = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target', 'date'];

/** How long a call may take, in milliseconds: the library reads some expressions for as long as it takes to count to 2^n. */
const CALL_TIMEOUT_MS = 30_000;

/** @param folder where the tables are kept; in memory unless given. */
export function createTableProcess(
  folder: string | undefined,
  callTimeoutMs = CALL_TIMEOUT_MS,
): TableProcess {
  const agent = new Agent({ keepAlive: true });
  const tables = createOnDemandProcess<TablePort>('the table process', [
    'dynamodb.js',
    ...(folder === undefined ? [] : [folder]),
  ]);

  /** Of the process before the one that runs: until a call has succeeded, it is not known to be over. */
  let problem: string | undefined;
  return {
    get pid() {
      return tables.pid;
    },
    get problem() {
      return problem;
    },
    async call(call) {
      const { at, child, ended } = await tables.ready();
      let isSlow = false;
      // It works on one call at a time: no other would be answered before.
      const timer = setTimeout(() => {
        isSlow = true;
        child.kill('SIGKILL');
      }, callTimeoutMs);
      try {
        const reply = await send(agent, at, call);
        problem = undefined;
        return reply;
      } catch (error) {
        // The connection ends before the process is seen to: the next call must not meet the one that goes.
        await Promise.race([ended, sleep(EXIT_WAIT_MS)]);
        if (isSlow) throw new Error(`it had no answer within ${callTimeoutMs / 1000} s`);
        if (tables.failure === undefined) throw error;
        problem = tables.failure;
        throw new DiskRefused(problem);
      } finally {
        clearTimeout(timer);
      }
    },
    async reset() {
      const current = await tables.current();
      if (current === undefined) {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
        return;
      }
      await ask(current.child, { kind: 'reset' });
    },
    async stop() {
      agent.destroy();
      await tables.stop();
    },
  };
}

/** Tells the process, and waits until it has done it or is gone. */
function ask(child: ChildProcess, message: ToTableProcess): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      child.off('message', done);
      child.off('exit', done);
      resolve();
    };
    child.on('message', done);
    child.once('exit', done);
    child.send(message);
  });
}

function send(
  agent: Agent,
  { port, secret }: TablePort,
  { account, region, headers, body }: TableCall,
): Promise<TableReply> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        headers: {
          ...Object.fromEntries(
            PASSED_HEADERS.flatMap((name) =>
              headers[name] === undefined ? [] : [[name, headers[name]]],
            ),
          ),
          'content-length': Buffer.byteLength(body),
          [TABLE_HEADERS.secret]: secret,
          [TABLE_HEADERS.account]: account,
          [TABLE_HEADERS.region]: region,
        },
      },
      (answer) => {
        buffer(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body }),
          reject,
        );
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}
