import type { Settings } from '../../config/settings.ts';
import type { TargetIdentity } from '../../config/target.ts';
import { shellWord } from '../../rules/text/command-words.ts';
import type { Fix } from './check.ts';

/** What a fix is written for. */
export interface FixLineContext {
  readonly settings: Pick<Settings, 'target' | 'env' | 'profile' | 'region'>;
  /** Undefined where the target wasn't reached. */
  readonly identity: TargetIdentity | undefined;
  /** A command line of ours. @param words quoted for a shell already. */
  readonly pubsub: (words: string) => string;
}

/** A fix as one command line that can be pasted into `sh`: it works on the target that was looked at. */
export function fixLine(fix: Fix, { settings, identity, pubsub }: FixLineContext): string {
  switch (fix.tool) {
    case 'pubsub':
      return pubsub(fix.words.map(shellWord).join(' '));
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
      return [...lines, ...(fix.next ? [pubsub(fix.next)] : [])].join(' && ');
    }
  }
}

/** The AWS CLI signs each call; an endpoint that looks at no signature takes any keys, as our own clients give it. */
function placeholderCredentials({ target, env, profile }: FixLineContext['settings']): string[] {
  if (target.kind === 'aws' || profile !== undefined) return [];
  if (target.kind === 'endpoint' && env.AWS_ACCESS_KEY_ID) return [];
  const id = /^\d{12}$/.test(env.AWS_ACCESS_KEY_ID ?? '') ? env.AWS_ACCESS_KEY_ID : 'pubsub';
  return [`AWS_ACCESS_KEY_ID=${id}`, 'AWS_SECRET_ACCESS_KEY=pubsub'];
}

function targetFlags(
  { profile, region }: FixLineContext['settings'],
  identity: TargetIdentity | undefined,
): string[] {
  const at = identity?.region ?? region;
  return [
    ...(at === undefined ? [] : ['--region', at]),
    ...(profile === undefined ? [] : ['--profile', shellWord(profile)]),
    ...(identity?.endpoint === undefined ? [] : ['--endpoint-url', shellWord(identity.endpoint)]),
  ];
}
