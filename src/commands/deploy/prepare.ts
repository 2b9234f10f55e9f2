import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { Deployment } from '../../lib/deploy/template.ts';
import { usageError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';

/** Says whose messages nothing will take. */
export function noteUnhandled({ printer }: CommandContext, { unhandled }: Deployment): void {
  if (unhandled.length === 0) return;
  printer.note(`Without a handler, only queues: ${unhandled.join(', ')}.`);
}

/** Without an order API there is nothing that hybrid runs in another way than serverless. */
export async function noteSameStyle(
  command: Command,
  { printer }: CommandContext,
  { style, topology }: Deployment,
): Promise<void> {
  const { hasOrderApi } = await import('../../lib/deploy/order-api.ts');
  if (style !== 'hybrid' || hasOrderApi(topology)) return;
  const same = commandLine(command, 'deploy serverless');
  printer.note(`${topology.name} has no order API: hybrid is the same as ${same}`);
}

/** Where the project's file is, whose topology and handlers services read; undefined without such a file. */
export function projectFolder({ settings }: CommandContext): string | undefined {
  const { path } = settings.project;
  return path === '' ? undefined : dirname(path);
}

/** @throws AppError (exit 2) where the file says how much memory each function has. */
export function assertTakesMemory({ template, topology }: Deployment, parameter: string): void {
  if (template.Parameters !== undefined && parameter in template.Parameters) return;
  throw usageError(
    `--memory is for functions that the file says nothing of; ${topology.name} has none of these.`,
    'Say it in the file, such as functions: { mail: { memory: 512 } }',
  );
}
