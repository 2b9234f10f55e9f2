import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';

const ROOT = join(import.meta.dirname, '../../..');
const endpoint = useEndpoint();
const folder = mkdtempSync(join(tmpdir(), 'pubsub-examples-'));
const children: ReturnType<typeof spawn>[] = [];

const EXAMPLES = [
  'weather-station/publisher.ts',
  'weather-station/subscriber.ts',
  'graceful-service/service.ts',
];

/** Node 20 takes no types, and outside of this folder the package has no name: the built one stands for it. */
beforeAll(async () => {
  await build({
    entryPoints: EXAMPLES.map((file) => join(ROOT, 'examples', file)),
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'the built package',
        setup({ onResolve }) {
          const path = pathToFileURL(join(ROOT, 'dist/index.js')).href;
          onResolve({ filter: /^pubsub-cli$/ }, () => ({ path, external: true }));
        },
      },
    ],
  });
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Starts an example, as its own process. */
function start(file: string, prefix: string) {
  const child = spawn(process.execPath, [join(folder, basename(file, '.ts').concat('.mjs'))], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ENDPOINT_URL: endpoint.url,
      PUBSUB_PREFIX: prefix,
      PORT: '0',
    },
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    text += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    text: () => text,
    says: (words: string | RegExp) => vi.waitFor(() => expect(text).toMatch(words), 60_000),
  };
}

describe('examples', () => {
  it('weather station: what one publishes the other shows, until Ctrl-C', async () => {
    const prefix = uniquePrefix();
    const subscriber = start('subscriber.ts', prefix);
    await subscriber.says('Waiting for events');
    const publisher = start('publisher.ts', prefix);
    expect(await publisher.ended, publisher.text()).toBe(0);
    for (const line of ['Oslo: -3.5 °C', 'Cairo: 31 °C', "It is 9 o'clock."]) {
      await subscriber.says(line);
    }
    subscriber.child.kill('SIGINT');
    expect(await subscriber.ended, subscriber.text()).toBe(0);
    expect(subscriber.text()).toContain('Handled 3 events.');
  });

  it('service: finishes the job that runs when it is told to stop', async () => {
    const service = start('service.ts', uniquePrefix());
    await service.says(/Listening on port \d+/);
    const port = /port (\d+)/.exec(service.text())?.[1];
    const answers = await Promise.all(
      ['/a', '/b'].map((path) =>
        fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await service.says(/Done \/[ab]/);
    service.child.kill('SIGTERM');
    expect(await service.ended, service.text()).toBe(0);
    expect(service.text()).toMatch(/Stopped after [12] jobs\./);
  });
});

describe('the package', () => {
  it('can be imported by its name', async () => {
    const script = "console.log(Object.keys(await import('pubsub-cli')).sort().join())";
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(text.trim()).toBe(
      'AppError,createPublisher,createSubscriber,defineTopology,loadTopology,saveTopology,setUpTopology,tearDownTopology',
    );
  });
});
