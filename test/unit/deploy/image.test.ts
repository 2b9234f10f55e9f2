import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { BaseImage } from '../../../src/lib/deploy/image/base-image.ts';
import { composeImage } from '../../../src/lib/deploy/image/image.ts';
import { imageFiles } from '../../../src/lib/deploy/image/image-files.ts';
import { type Layer, writeLayer } from '../../../src/lib/deploy/image/layer.ts';
import {
  parseReference,
  registryUrl,
  shownReference,
} from '../../../src/lib/deploy/image/reference.ts';
import { digestOf, MANIFEST_TYPES } from '../../../src/lib/deploy/image/registry.ts';
import { ecrRegistry, readChallenge } from '../../../src/lib/deploy/image/registry-auth.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-image-unit-'));
const signal = new AbortController().signal;
const DIGEST = `sha256:${'0'.repeat(64)}`;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the name of an image', () => {
  it.each([
    ['node:24-slim', 'docker.io/library/node:24-slim', 'https://registry-1.docker.io'],
    ['team/app', 'docker.io/team/app', 'https://registry-1.docker.io'],
    ['localhost/app', 'localhost/app', 'http://localhost'],
    ['127.0.0.1:5000/a/b:1', '127.0.0.1:5000/a/b:1', 'http://127.0.0.1:5000'],
    ['localhost:5000/app', 'localhost:5000/app', 'http://localhost:5000'],
    ['registry.example:5000/app:1', 'registry.example:5000/app:1', 'https://registry.example:5000'],
    [`quay.io/a/b_c@${DIGEST}`, `quay.io/a/b_c@${DIGEST}`, 'https://quay.io'],
    [`quay.io/a/b:1@${DIGEST}`, `quay.io/a/b:1@${DIGEST}`, 'https://quay.io'],
  ])('%s is read', (text, shown, url) => {
    const reference = parseReference('--base', text);
    expect(shownReference(reference)).toBe(shown);
    expect(registryUrl(reference.registry)).toBe(url);
  });

  it.each([
    '',
    'quay.io/',
    'quay.io/App',
    'quay.io/a//b',
    'quay.io/a:',
    `quay.io/a:${'x'.repeat(129)}`,
    'quay.io/a@sha256:12',
    'https://quay.io/a',
    'quay.io/a b',
  ])('%j is refused', (text) => {
    expect(() => parseReference('--base', text)).toThrow(/^--base must be an image such as/);
  });

  it('tells registries of Amazon ECR and their region', () => {
    expect(ecrRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com')).toEqual({
      region: 'eu-west-1',
    });
    expect(ecrRegistry('123456789012.dkr.ecr-fips.us-east-1.amazonaws.com')?.region).toBe(
      'us-east-1',
    );
    expect(ecrRegistry('public.ecr.aws')).toBeUndefined();
    expect(ecrRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com.example')).toBeUndefined();
  });
});

it.each([
  ['Basic realm="a"', { scheme: 'basic', parameters: { realm: 'a' } }],
  [
    'Bearer realm="https://auth.example/t?x=1,2",service="s.example",scope="repository:a:pull,push"',
    {
      scheme: 'bearer',
      parameters: {
        realm: 'https://auth.example/t?x=1,2',
        service: 's.example',
        scope: 'repository:a:pull,push',
      },
    },
  ],
  [
    'bearer  Realm = "a\\"b", error=invalid_token',
    { scheme: 'bearer', parameters: { realm: 'a"b', error: 'invalid_token' } },
  ],
  ['Negotiate', undefined],
  [undefined, undefined],
])('the challenge %s is read', (header, challenge) => {
  expect(readChallenge(header)).toEqual(challenge);
});

describe('a layer', () => {
  let at: string;
  beforeEach(() => {
    at = mkdtempSync(join(folder, 'layer-'));
    for (const each of ['bin', 'dist/types', 'dist/ui', 'topologies']) {
      mkdirSync(join(at, 'program', each), { recursive: true });
    }
    for (const each of [
      'package.json',
      'bin/pubsub.js',
      'dist/cli.js',
      'dist/types/a',
      'dist/ui/b',
      'other',
    ]) {
      writeFileSync(join(at, 'program', each), each);
    }
    chmodSync(join(at, 'program/bin/pubsub.js'), 0o700);
    mkdirSync(join(at, 'project/handlers/deep'), { recursive: true });
    mkdirSync(join(at, 'project/node_modules/.pnpm/a'), { recursive: true });
    mkdirSync(join(at, 'project/node_modules/.cache'), { recursive: true });
    mkdirSync(join(at, 'project/.git'));
    for (const each of [
      'pubsub.yaml',
      '.env',
      '.git/config',
      'handlers/.env.local',
      'handlers/deep/a.mjs',
      'node_modules/.pnpm/a/index.js',
      'node_modules/.cache/x',
    ]) {
      writeFileSync(join(at, 'project', each), each);
    }
    symlinkSync('.pnpm/a', join(at, 'project/node_modules/a'));
  });
  const written = async (name: string): Promise<Layer> =>
    writeLayer(await imageFiles(join(at, 'program'), join(at, 'project')), join(at, name), signal);

  it('has the program and the project, without secrets, history and caches', async () => {
    const { file } = await written('layer.tar.gz');
    const listed = execFileSync('tar', ['--numeric-owner', '-tvzf', file], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    const lines = listed
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '));
    expect(lines).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/bin/',
      '-rwxr-xr-x 0/0 13 1970-01-01 00:00 app/bin/pubsub.js',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/dist/',
      '-rw-r--r-- 0/0 11 1970-01-01 00:00 app/dist/cli.js',
      '-rw-r--r-- 0/0 12 1970-01-01 00:00 app/package.json',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/topologies/',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/handlers/',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/handlers/deep/',
      '-rw-r--r-- 65532/65532 19 1970-01-01 00:00 work/handlers/deep/a.mjs',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/node_modules/',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/node_modules/.pnpm/',
      'drwxr-xr-x 65532/65532 0 1970-01-01 00:00 work/node_modules/.pnpm/a/',
      '-rw-r--r-- 65532/65532 29 1970-01-01 00:00 work/node_modules/.pnpm/a/index.js',
      'lrwxrwxrwx 65532/65532 0 1970-01-01 00:00 work/node_modules/a -> .pnpm/a',
      '-rw-r--r-- 65532/65532 11 1970-01-01 00:00 work/pubsub.yaml',
    ]);
  });

  it('is the same bytes for the same files, whenever they were written', async () => {
    const first = await written('first.tar.gz');
    utimesSync(join(at, 'project/pubsub.yaml'), 1, 1);
    const second = await written('second.tar.gz');
    expect({ ...second, file: first.file }).toEqual(first);
    const bytes = readFileSync(first.file);
    expect([first.digest, first.size]).toEqual([digestOf(bytes), bytes.length]);
    expect(first.diffId).toBe(digestOf(gunzipSync(bytes)));
    // No time, and no system.
    expect([...bytes.subarray(4, 8), bytes[9]]).toEqual([0, 0, 0, 0, 255]);
    writeFileSync(join(at, 'project/pubsub.yaml'), 'pubsub.yamm');
    expect((await written('third.tar.gz')).digest).not.toBe(first.digest);
  });

  it('takes the file that a link names elsewhere, and refuses a folder elsewhere', async () => {
    writeFileSync(join(at, 'outside'), 'outside');
    symlinkSync('../outside', join(at, 'project/link'));
    const entries = await imageFiles(join(at, 'program'), join(at, 'project'));
    expect(entries.find(({ path }) => path === 'work/link')).toMatchObject({
      kind: 'file',
      size: 7,
    });
    symlinkSync(at, join(at, 'project/folder'));
    await expect(imageFiles(join(at, 'program'), join(at, 'project'))).rejects.toMatchObject({
      code: 'LinkOutside',
      exitCode: 2,
    });
  });

  it('has a project of up to 500 MB', async () => {
    const size = (bytes: number) => {
      writeFileSync(join(at, 'project/dump.sql'), '');
      truncateSync(join(at, 'project/dump.sql'), bytes);
    };
    const files = () => imageFiles(join(at, 'program'), join(at, 'project'));
    // The other files have 59 bytes.
    size(500 * 2 ** 20 - 59);
    await files();
    size(500 * 2 ** 20 - 58);
    await expect(files()).rejects.toMatchObject({
      code: 'ProjectTooLarge',
      message: expect.stringMatching(/has 501 MB.*the most of it is in dump\.sql/),
    });
  });

  it('of a great file is that file', async () => {
    const file = join(at, 'great');
    writeFileSync(file, Buffer.alloc(5_000_001, 'a'));
    const entry = {
      path: 'x'.repeat(300),
      kind: 'file',
      from: file,
      size: 5_000_001,
      owner: 0,
    } as const;
    const { file: layer } = await writeLayer([entry], join(at, 'great.tar.gz'), signal);
    const out = execFileSync('tar', ['-xzOf', layer], { maxBuffer: 2 ** 24 });
    expect(digestOf(out)).toBe(digestOf(readFileSync(file)));
  });

  it('ends where a file is gone, or shorter than it was', async () => {
    for (const [name, size] of [
      ['gone', 5],
      ['pubsub.yaml', 12],
    ] as const) {
      const entry = {
        path: 'a',
        kind: 'file',
        from: join(at, 'project', name),
        size,
        owner: 0,
      } as const;
      await expect(writeLayer([entry], join(at, 'ended.tar.gz'), signal)).rejects.toThrow(
        /ENOENT|[Ss]ize/,
      );
    }
  });
});

describe('an image on a base', () => {
  const layer: Layer = { file: '', digest: DIGEST, size: 7, diffId: `sha256:${'1'.repeat(64)}` };
  const base: BaseImage = {
    reference: parseReference('--base', 'node:24'),
    digest: DIGEST,
    mediaType: MANIFEST_TYPES.docker,
    layers: [{ mediaType: 'base', digest: `sha256:${'2'.repeat(64)}`, size: 5 }],
    config: {
      architecture: 'amd64',
      os: 'linux',
      created: '2026-01-01T00:00:00Z',
      config: {
        Env: ['PATH=/usr/bin', 'NODE_VERSION=24.1.0', 'HOME=/root'],
        Cmd: ['node'],
        Entrypoint: ['docker-entrypoint.sh'],
        Healthcheck: { Test: ['NONE'] },
        Labels: { kept: 'yes' },
      },
      rootfs: { type: 'layers', diff_ids: ['sha256:base'] },
      history: [{ created_by: 'base' }],
    },
  };

  it('is run as nobody, by our program, with what the base says besides', () => {
    const { config, manifest, layers } = composeImage(base, layer, '1.2.3');
    const read = JSON.parse(config.bytes.toString());
    expect(read.config).toEqual({
      Env: [
        ...['PATH=/usr/bin', 'NODE_VERSION=24.1.0', 'NODE_ENV=production', 'HOME=/tmp'],
        'XDG_STATE_HOME=/tmp/state',
      ],
      User: '65532:65532',
      WorkingDir: '/work',
      Entrypoint: ['node', '/app/bin/pubsub.js'],
      Labels: expect.objectContaining({
        kept: 'yes',
        'org.opencontainers.image.base.name': 'docker.io/library/node:24',
        'org.opencontainers.image.base.digest': DIGEST,
      }),
    });
    expect(read.rootfs.diff_ids).toEqual(['sha256:base', layer.diffId]);
    expect(read.history).toHaveLength(2);
    expect(layers.map(({ digest }) => digest)).toEqual([base.layers[0]?.digest, DIGEST]);
    expect(manifest.digest).toBe(digestOf(manifest.bytes));
    expect(composeImage(base, layer, '1.2.3').manifest.digest).toBe(manifest.digest);
  });
});
