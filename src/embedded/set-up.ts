import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createAws } from '../lib/aws/clients.ts';
import { identify } from '../lib/aws/identity.ts';
import { DEFAULT_TOPOLOGY, resolveSettings } from '../lib/config/settings.ts';
import { topologyOf } from '../lib/config/topology.ts';
import type { Topology } from '../lib/definition/topology.ts';
import { planSetup, setUp } from '../lib/topology/setup.ts';
import type { SetUpResult } from './options.ts';

/** How an engine is spoken to. */
export interface EngineAccess {
  readonly endpoint: string;
  readonly region: string;
  /** What it asks for; undefined where it asks for nothing. */
  readonly token: string | undefined;
}

/** Sets a topology up on an engine, as `pubsub setup` does. @param wanted a topology, its file or its name. */
export async function setUpOn(
  { endpoint, region, token }: EngineAccess,
  wanted: Topology | string,
): Promise<SetUpResult> {
  const topology = typeof wanted === 'string' ? await readTopology(wanted) : wanted;
  const env = { PUBSUB_TOKEN: token };
  const aws = await createAws(await resolveSettings({ endpointUrl: endpoint, region }, env, '/'));
  try {
    const identity = await identify(aws);
    const place = { aws, identity, topology };
    const { made } = await setUp(place, await planSetup(place));
    const { account } = identity;
    const arn = (service: string, name: string) =>
      `arn:aws:${service}:${region}:${account}:${name}`;
    const url = (name: string) => `${endpoint}/${account}/${name}`;
    return {
      changes: made,
      topics: Object.fromEntries(
        topology.topics.map((topic) => [topic.key, topic.arn ?? arn('sns', topic.name)]),
      ),
      subscribers: Object.fromEntries(
        topology.subscribers.map(({ name, queue, dlq }) => [
          name,
          {
            queueUrl: url(queue),
            queueArn: arn('sqs', queue),
            dlqUrl: dlq === undefined ? undefined : url(dlq),
          },
        ]),
      ),
    };
  } finally {
    aws.close();
  }
}

async function readTopology(wanted: string): Promise<Topology> {
  if (!/\.ya?ml$/.test(wanted) && !existsSync(wanted)) {
    return topologyOf({ topology: wanted, prefix: '', project: { path: '', written: {} } });
  }
  const { readTopologyFile } = await import('../lib/config/topology-file.ts');
  const project = readTopologyFile(resolve(wanted));
  const { topology = DEFAULT_TOPOLOGY, prefix = '' } = project;
  return topologyOf({ topology, prefix, project });
}
