import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/index.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

/** What bash offers at the end of a line, as a Tab would. */
async function offeredByBash(line: string): Promise<string[]> {
  const { stdout: script } = await pubsub.run(['completion', 'bash']);
  const words = line.split(' ');
  const program = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_pubsub; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync('bash', ['-c', program], { encoding: 'utf8' }).stdout.trim().split('\n');
}

describe('completion bash', () => {
  it('offers every command', async () => {
    expect(await offeredByBash('pubsub ')).toEqual(
      expect.arrayContaining(COMMANDS.map(({ name }) => name)),
    );
  });

  it.each([
    ['pubsub lis', ['listen']],
    ['pubsub listen em', ['email']],
    ['pubsub local st', ['start', 'stop', 'status']],
    ['pubsub setup --dry', ['--dry-run']],
    ['pubsub setup --target ', ['local', 'aws']],
    ['pubsub publish order.c', ['order.created']],
  ])('offers what can follow "%s"', async (line, expected) => {
    expect(await offeredByBash(line)).toEqual(expected);
  });
});

it.each(['zsh', 'fish'])(
  'the %s script has no mistake, as far as an installed shell can tell',
  async (shell) => {
    const { stdout, code } = await pubsub.run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('pubsub');
    const file = join(pubsub.env.HOME ?? '', `_pubsub.${shell}`);
    writeFileSync(file, stdout);
    const { status, error, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    if (error) return;
    expect(stderr).toBe('');
    expect(status).toBe(0);
  },
);

it('guesses nothing about other shells', async () => {
  const { stderr, code } = await pubsub.run(['completion', 'tcsh']);
  expect(stderr).toContain('Shells: bash, zsh, fish');
  expect(code).toBe(2);
});
