import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { cleanUpAt, fanOutAt, newPlace, subscribersOf, urlOf } from '../../fixtures/topology.ts';

const SCRIPT = join(import.meta.dirname, 'three_orders.rb');
const hasRuby = (process.env.PATH ?? '').split(':').some((path) => existsSync(join(path, 'ruby')));
const TITLE = 'a script in Ruby';

const endpoint = useEndpoint();
const pubsub = usePubsub();
beforeAll(() => putOrderDatabase(join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub/orders')));

describe.skipIf(!hasRuby)(hasRuby ? TITLE : `${TITLE} (skipped: ruby is not installed)`, () => {
  it('creates and confirms three orders, and finds six events at each subscriber', {
    timeout: 240_000,
  }, async () => {
    const prefix = uniquePrefix();
    const place = await newPlace(endpoint, prefix);
    await fanOutAt(place);
    const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
    const server = pubsub.start(['serve', '--port', '0', '--json', ...flags]);
    await server.waitFor(/"url":"[^"]+"/);
    const { url } = JSON.parse(server.stdout().split('\n')[0] ?? '');
    const names = subscribersOf(place).map(({ queue }) => queue);
    const queues = await Promise.all(names.map((name) => urlOf(place, name)));

    const { stdout } = await promisify(execFile)('ruby', [SCRIPT, url, ...queues]);

    expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name}: 6 events`));
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
    await cleanUpAt(place);
  });
});
