import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOnDemandProcess } from '../../background/on-demand-process.ts';
import { frameReader, frameWriter } from './frames.ts';
import {
  CALLS_FD,
  type CallHead,
  type ReplyHead,
  type ToTableProcess,
} from './process-protocol.ts';

/** A DynamoDB request on its way to the table process. */
export interface TableCall {
  readonly account: string;
  readonly region: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the table process answered. */
export interface TableReply extends Omit<ReplyHead, 'id'> {
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

/** What a call that has no answer yet ends with. */
interface WaitingCall {
  resolve(reply: TableReply): void;
  reject(error: Error): void;
}

const CLOSED = 'it closed the connection';

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
  const tables = createOnDemandProcess<object>(
    'the table process',
    ['dynamodb.js', ...(folder === undefined ? [] : [folder])],
    true,
  );

  let calls: TableCalls | undefined;
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
      const { child, ended } = await tables.ready();
      if (calls?.child !== child) calls = new TableCalls(child);
      let isSlow = false;
      // It works on one call at a time: no other would be answered before.
      const timer = setTimeout(() => {
        isSlow = true;
        child.kill('SIGKILL');
      }, callTimeoutMs);
      try {
        const reply = await calls.send(call);
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
    stop: () => tables.stop(),
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

/** The way to one process. */
class TableCalls {
  readonly child: ChildProcess;
  readonly #socket: Socket;
  readonly #write: ReturnType<typeof frameWriter>;
  /** Calls without an answer yet, by their ids. */
  readonly #waiting = new Map<number, WaitingCall>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.child = child;
    this.#socket = child.stdio[CALLS_FD] as Socket;
    this.#write = frameWriter(this.#socket);
    const read = frameReader((head, body) => this.#answered(head as ReplyHead, body));
    this.#socket.on('data', read);
    // What there is to do, `close` does.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#closed());
  }

  /** @throws Error when the process ends before it has answered. */
  send({ account, region, headers, body }: TableCall): Promise<TableReply> {
    if (this.#socket.destroyed) return Promise.reject(new Error(CLOSED));
    this.#lastId += 1;
    const head: CallHead = { id: this.#lastId, account, region, headers: passed(headers) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(head.id, { resolve, reject });
      this.#write(head, body);
    });
  }

  #answered({ id, ...head }: ReplyHead, body: Buffer): void {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    call?.resolve({ ...head, body });
  }

  #closed(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(CLOSED));
    this.#waiting.clear();
  }
}

function passed(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
