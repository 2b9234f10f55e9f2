import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

it('saves defaults, shows them, and forgets them', async () => {
  expect((await pubsub.run(['use'])).stdout).toContain('No saved defaults');

  await pubsub.run(['use', 'aws', '--region', 'eu-west-1', '--prefix', 'dev']);
  const saved = readFileSync(join(pubsub.env.XDG_CONFIG_HOME ?? '', 'pubsub/config.yaml'), 'utf8');
  expect(saved).toBe('target: aws\nregion: eu-west-1\nprefix: dev\n');

  await pubsub.run(['use', 'http://localhost:4566']);
  const { doc } = await pubsub.json(['use']);
  expect(doc).toMatchObject({
    defaults: { endpointUrl: 'http://localhost:4566', region: 'eu-west-1', prefix: 'dev' },
  });
  expect(doc).not.toHaveProperty('defaults.target');

  await pubsub.run(['use', '--reset']);
  expect((await pubsub.run(['use'])).stdout).toContain('No saved defaults');
});

it('saves nothing that later commands would refuse', async () => {
  await pubsub.run(['use', 'local']);
  for (const args of [['asw'], ['--region', 'nowhere'], ['--prefix', 'a b'], ['--topology', 'x']]) {
    const { code } = await runMain(['use', ...args], pubsub.env);
    expect(code, args.join(' ')).toBe(2);
  }
  expect((await pubsub.json(['use'])).doc).toMatchObject({ defaults: { target: 'local' } });
});
