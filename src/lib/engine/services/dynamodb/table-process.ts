import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../../background/built-program.ts';
import { type FromTableProcess, TABLE_HEADERS, type ToTableProcess } from './process-protocol.ts';

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
  /** @throws Error when the process ended while it worked on the call, or can't be started. */
  call(call: TableCall): Promise<TableReply>;
  /** Drops every table. */
  reset(): Promise<void>;
  /** Ends the process. */
  stop(): Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly secret: string;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/** How long a process that dropped a call is waited for. */
const EXIT_WAIT_MS = 1_000;
const PASSED_HEADERS = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target', 'date'];

/** @param folder where the tables are kept; in memory unless given. */
export function createTableProcess(folder: string | undefined): TableProcess {
  const agent = new Agent({ keepAlive: true });
  let running: Promise<Running> | undefined;
  let pid: number | undefined;

  const ready = (): Promise<Running> => {
    if (running) return running;
    const child = spawn(
      process.execPath,
      [builtProgram('dynamodb.js'), ...(folder === undefined ? [] : [folder])],
      {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: {},
      },
    );
    pid = child.pid;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        if (running === started) {
          running = undefined;
          pid = undefined;
        }
        resolve();
      });
    });
    const started = new Promise<Running>((resolve, reject) => {
      child.on('message', (message: FromTableProcess) => {
        if (message.kind === 'ready') resolve({ child, ended, ...message });
      });
      child.once('error', (error) => {
        // No `exit` follows where no process began: the next call tries anew.
        if (running === started) {
          running = undefined;
          pid = undefined;
        }
        reject(error);
      });
      void ended.then(() => reject(new Error('the table process ended before it was ready')));
    });
    running = started;
    return started;
  };

  return {
    get pid() {
      return pid;
    },
    async call(call) {
      const { port, secret, ended } = await ready();
      try {
        return await send(agent, port, secret, call);
      } catch (error) {
        // The connection ends before the process is seen to: the next call must not meet the one that goes.
        await Promise.race([ended, sleep(EXIT_WAIT_MS)]);
        throw error;
      }
    },
    async reset() {
      const current = await running?.catch(() => undefined);
      if (current === undefined) {
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
        return;
      }
      await ask(current.child, { kind: 'reset' });
    },
    async stop() {
      const current = await running?.catch(() => undefined);
      agent.destroy();
      if (current === undefined) return;
      current.child.kill('SIGTERM');
      await current.ended;
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
  port: number,
  secret: string,
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
