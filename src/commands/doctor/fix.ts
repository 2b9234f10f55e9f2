import type { Command } from 'commander';
import type { TargetIdentity } from '../../lib/config/target.ts';
import type { Fix } from '../../lib/diagnose/doctor/check.ts';
import { fixLine as lineOf } from '../../lib/diagnose/doctor/fix-line.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';

/**
 * A fix as one command line that can be pasted into `sh`: it works on the target that the running command works on.
 * @param identity undefined where the target wasn't reached.
 */
export function fixLine(
  command: Command,
  { settings }: CommandContext,
  identity: TargetIdentity | undefined,
  fix: Fix,
): string {
  return lineOf(fix, { settings, identity, pubsub: (words) => commandLine(command, words) });
}
