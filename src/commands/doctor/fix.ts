import type { Command } from 'commander';
import type { TargetIdentity } from '../../lib/config/target.ts';
import type { Fix } from '../../lib/diagnose/doctor/check.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
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
  switch (fix.tool) {
    case 'pubsub':
      return commandLine(command, fix.words.map(shellWord).join(' '));
    case 'kill':
      return `kill ${fix.pid}`;
    case 'aws': {
      const lines = fix.commands.map((words) =>
        [
          ...placeholderCredentials(settings),
          'aws',
          ...words.map(shellWord),
          ...targetFlags(settings, identity),
        ].join(' '),
      );
      return [...lines, ...(fix.next ? [commandLine(command, fix.next)] : [])].join(' && ');
    }
  }
}

/** The AWS CLI signs each call; an endpoint that looks at no signature takes any keys, as our own clients give it. */
function placeholderCredentials({ target, env, profile }: CommandContext['settings']): string[] {
  if (target.kind === 'aws' || profile !== undefined) return [];
  if (target.kind === 'endpoint' && env.AWS_ACCESS_KEY_ID) return [];
  const id = /^\d{12}$/.test(env.AWS_ACCESS_KEY_ID ?? '') ? env.AWS_ACCESS_KEY_ID : 'pubsub';
  return [`AWS_ACCESS_KEY_ID=${id}`, 'AWS_SECRET_ACCESS_KEY=pubsub'];
}

function targetFlags(
  { profile, region }: CommandContext['settings'],
  identity: TargetIdentity | undefined,
): string[] {
  const at = identity?.region ?? region;
  return [
    ...(at === undefined ? [] : ['--region', at]),
    ...(profile === undefined ? [] : ['--profile', shellWord(profile)]),
    ...(identity?.endpoint === undefined ? [] : ['--endpoint-url', shellWord(identity.endpoint)]),
  ];
}
