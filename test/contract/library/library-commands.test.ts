import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineTopology, saveTopology, setUpTopology } from '../../../src/index.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';

/** Every command that works on a topology, as it is asked of one that a program made. */
const COMMANDS: readonly (readonly [command: string, code: number, words: string])[] = [
  ['status', 0, 'books'],
  ['status --watch --interval 1 --fail-if dlq>=0', 3, ''],
  ['doctor', 0, ''],
  ['doctor books --event-type order.placed', 0, ''],
  ['publish order.placed --data {"n":1}', 0, 'Published 1 event'],
  ['explain order.placed', 0, 'books'],
  ['tap --duration 1', 0, ''],
  ['listen books --exec cat --max 1', 0, 'order.placed'],
  ['listen all --idle-timeout 1', 0, ''],
  ['dlq ls', 0, 'books'],
  ['dlq show books', 0, 'empty'],
  ['dlq redrive books --yes', 0, 'nothing to send back'],
  ['dlq purge books --yes', 0, ''],
  ['trace nobody-knows-it', 1, 'Nothing is known'],
  ['replay books --since 1h --dry-run', isIndependent ? 1 : 0, ''],
  ['export mermaid', 0, 'flowchart'],
  ['export cloudformation', 0, 'AWS::SNS::Topic'],
  ['iam subscriber books', 0, 'sqs:ReceiveMessage'],
  ['ls', 0, 'books'],
  ['setup --dry-run', 0, ''],
  ['bench --events 10', 0, '10 events'],
  ['cleanup --dry-run', 0, ''],
];

describe.each(['by its name', 'by its file'])('a topology of the library, %s', (how) => {
  const endpoint = useEndpoint();
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-made-'));
  const name = `shop-${uniquePrefix()}`;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(...args: readonly string[]) {
    const env = {
      HOME: folder,
      PATH: process.env.PATH,
      XDG_STATE_HOME: join(folder, 'state'),
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: 'us-east-1',
    };
    const named = how === 'by its name' ? ['--topology', name] : [];
    return runMain([...args, ...named], env, { cwd: folder });
  }

  beforeAll(async () => {
    const topology = defineTopology({
      name,
      subscribers: { books: {}, audit: { filterPolicy: { event_type: ['order.paid'] } } },
    });
    await setUpTopology(topology, { endpointUrl: endpoint.url, region: 'us-east-1' });
    if (how === 'by its file') await saveTopology(join(folder, 'pubsub.yaml'), topology);
  });

  it.each(COMMANDS)('is served by: pubsub %s', async (line, code, words) => {
    const told = await run(...line.split(' '));
    expect(told.code, `${told.stdout}${told.stderr}`).toBe(code);
    expect(told.stdout).toContain(words);
  });

  it('is removed by its name alone', async () => {
    const { code, stdout, stderr } = await run('cleanup', '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('books');
    expect((await run('status')).stdout).not.toContain('exists');
  });
});
