import type { Command } from 'commander';
import type { OpenDashboard } from '../../lib/dashboard/open-dashboard.ts';
import type { CommandLines } from '../../lib/dashboard/target.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { MailReader } from '../../lib/platform/run/mails.ts';
import { newSessionToken } from '../../lib/process/session-token.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import type { Connection } from '../connect.ts';
import { fixLine } from '../doctor/fix.ts';

declare const PUBSUB_VERSION: string;

/** What a page is served with. */
export interface PageOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether it may change something on AWS too. */
  readonly allowWrites: boolean;
  /** The topology that it works on, as it is at the moment. */
  readonly topology: () => Promise<Topology>;
  /** The same, where it was read just now. */
  readonly known?: Topology;
}

/** Serves the page of a command's target. @throws AppError `PortInUse`, or (exit 2) for a port that can't be had. */
export async function serve(
  command: Command,
  context: CommandContext,
  connection: Connection,
  { port, allowWrites, topology, known }: PageOptions,
): Promise<OpenDashboard> {
  const { openDashboard } = await import('../../lib/dashboard/open-dashboard.ts');
  const { target, stateDir } = context.settings;
  const isAws = target.kind === 'aws';
  const commands: CommandLines = {
    pubsub: (...words) => commandLine(command, words.map(shellWord).join(' ')),
    fix: (fix) => fixLine(command, context, connection.identity, fix),
  };
  const access = {
    token: newSessionToken(),
    readsNeedToken: true,
    writesAllowed: !isAws || allowWrites,
    command: commandLine(command, isAws ? 'ui --allow-writes' : 'ui'),
    version: PUBSUB_VERSION,
  };
  let reader: Promise<MailReader> | undefined;
  const readMails: MailReader = async () => {
    // Loaded when somebody looks at mails, and no sooner.
    reader ??= import('../../lib/platform/run/mails.ts').then((mails) =>
      mails.createMailReader(stateDir),
    );
    return (await reader)();
  };
  const served = { ...connection, topology, stateDir, commands, readMails };
  try {
    return await openDashboard(served, access, {
      port,
      known,
      onBug: (error) =>
        context.printer.detail(
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        ),
    });
  } catch (cause) {
    throw portProblem(command, port, cause);
  }
}

function portProblem(command: Command, port: number, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new AppError({
      code: 'PortInUse',
      message: `Port ${port} on 127.0.0.1 is in use.`,
      hint: `Take a free one with: ${commandLine(command, 'ui')}`,
      cause,
    });
  }
  if (code === 'EACCES') {
    return usageError(`Port ${port} needs other rights (EACCES).`, 'Such as --port 8080');
  }
  return cause;
}
