import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LOGIN,
  registryMissing,
  startRegistry,
  type TestRegistry,
} from '../fixtures/docker-registry.ts';
import { useSmallDisk } from '../fixtures/small-disk.ts';
import { createBuildah } from './buildah.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-deploy-image-'));
const project = join(folder, 'project');
const home = join(folder, 'home');
const BASE = 'pubsub-deploy-base';
const platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
const { buildah, canBuild, commitBase, inContainer } = createBuildah(folder, ROOT);
const installed = async (program: string) =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
const disk = useSmallDisk('256k');
const missing = (
  await Promise.all(
    ['skopeo', 'umoci'].map(async (name) =>
      (await installed(name)) ? [] : [`${name} is not installed`],
    ),
  )
)
  .flat()
  .concat(registryMissing ?? [], canBuild ? [] : 'buildah is not installed, or may not build here');

interface Document {
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  readonly layers: readonly {
    readonly digest: string;
    readonly size: number;
    readonly ours: boolean;
  }[];
}

it.skipIf(missing.length === 0)('images are judged by other programs', ({ skip }) => {
  skip(missing.join(', '));
});

describe.skipIf(missing.length > 0)('an image that pubsub builds and pushes', () => {
  let registry: TestRegistry;
  let pushed: Document;
  afterAll(async () => {
    await buildah('rm', '--all').catch(() => undefined);
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The built binary, in the project; with the login that `docker login` would have saved. */
  const pubsub = async (...args: string[]) => withTemporary(tmpdir(), ...args);
  const withTemporary = async (TMPDIR: string, ...args: string[]) => {
    const env = { TMPDIR, PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: join(home, 'state') };
    const words = [join(ROOT, 'bin/pubsub.js'), ...args];
    return (await run(process.execPath, words, { cwd: project, env })).stdout;
  };
  const push = async (to: string): Promise<Document> =>
    JSON.parse(
      await pubsub(
        ...['deploy', 'image', '--push', `${registry.host}/${to}`, '--json'],
        ...['--base', `${registry.host}/base:1`, '--platform', platform],
      ),
    );
  const credentials = `${LOGIN.username}:${LOGIN.password}`;
  const skopeo = (...args: string[]) => run('skopeo', args, { maxBuffer: 2 ** 24 });

  beforeAll(async () => {
    registry = await startRegistry('login');
    mkdirSync(join(home, '.docker'), { recursive: true });
    mkdirSync(join(project, 'handlers'), { recursive: true });
    const auth = Buffer.from(credentials).toString('base64');
    writeFileSync(
      join(home, '.docker/config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    writeFileSync(
      join(project, 'pubsub.yaml'),
      'topology: payments\ntopics: { payments: {} }\nsubscribers:\n  ledger: { handler: { module: handlers/ledger.mjs } }\n',
    );
    writeFileSync(join(project, 'handlers/ledger.mjs'), 'export default () => {};\n');
    writeFileSync(join(project, '.env'), 'SECRET=1\n');
    await commitBase(BASE);
    const to = `docker://${registry.host}/base:1`;
    await buildah('push', '--tls-verify=false', '--creds', credentials, BASE, to);
    pushed = await push('team/app:1.0');
  }, 600_000);

  it('has the same digest each time, and a tag of it where none is given', async () => {
    const again = await push('team/other');
    expect(again.digest).toBe(pushed.digest);
    expect(again.tag).toBe(`sha-${pushed.digest.slice(7, 19)}`);
    expect(pushed).toMatchObject({
      image: `${registry.host}/team/app@${pushed.digest}`,
      tag: '1.0',
    });
  });

  it('is one that skopeo reads, layer for layer', async () => {
    const from = `docker://${registry.host}/team/app:1.0`;
    const { stdout } = await skopeo('inspect', '--tls-verify=false', '--creds', credentials, from);
    const seen = JSON.parse(stdout);
    expect(seen.Digest).toBe(pushed.digest);
    expect(seen.Layers).toEqual(pushed.layers.map(({ digest }) => digest));
    expect(`${seen.Os}/${seen.Architecture}`).toBe(platform);
  });

  it('is one that skopeo copies and umoci unpacks: program and project, without what begins with a dot', async () => {
    const layout = join(folder, 'layout');
    const from = `docker://${registry.host}/team/app@${pushed.digest}`;
    await skopeo(
      'copy',
      '--src-tls-verify=false',
      '--src-creds',
      credentials,
      from,
      `oci:${layout}:1`,
    );
    const bundle = join(folder, 'bundle');
    const flags = process.getuid?.() === 0 ? [] : ['--rootless'];
    await run('umoci', ['unpack', ...flags, '--image', `${layout}:1`, bundle], {
      maxBuffer: 2 ** 24,
    });
    const root = join(bundle, 'rootfs');
    expect(statSync(join(root, 'app/bin/pubsub.js')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(root, 'work/pubsub.yaml'), 'utf8')).toContain('topology: payments');
    expect(existsSync(join(root, 'work/.env'))).toBe(false);
    const { process: started } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'));
    expect(started).toMatchObject({ cwd: '/work', user: { uid: 65532, gid: 65532 } });
    expect(started.args).toEqual(['node', '/app/bin/pubsub.js']);
  });

  it('runs, as nobody, with the project that it was built in', async () => {
    const from = `docker://${registry.host}/team/app@${pushed.digest}`;
    const pull = ['from', '--tls-verify=false', '--creds', credentials];
    const container = await buildah(...pull, from);
    const output = async (...words: string[]) => {
      const child = inContainer(container, 'node', '/app/bin/pubsub.js', ...words);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      return { text, code };
    };
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await output('--version')).toEqual({ text: `${version}\n`, code: 0 });
    const { text, code } = await output('export', 'mermaid');
    expect(text).toContain('ledger');
    expect(code).toBe(0);
  });

  it('is shown without being pushed', async () => {
    const base = ['--base', `${registry.host}/base:1`, '--platform', platform];
    const lines = (await pubsub('deploy', 'image', '--print', ...base)).split('\n');
    expect(lines[0]).toBe(pushed.digest);
    expect(lines.join('\n')).toMatch(/layers\s+2, [\d.]+ MB, [\d.]+ MB of it ours/);
  });

  it('names a disk that is full, and a folder that is not there', async () => {
    const words = ['deploy', 'image', '--print', '--platform', platform];
    const base = ['--base', `${registry.host}/base:1`];
    const gone = await withTemporary(join(folder, 'gone'), ...words, ...base).catch((e) => e);
    expect(gone.stderr).toMatch(
      /The image can't be built: .*gone.*: there is no such file or folder\./,
    );
    if (disk === undefined) return;
    const full = await withTemporary(disk, ...words, ...base).catch((error) => error);
    expect(full.stderr).toContain('there is no space left on the disk.');
    expect(full.code).toBe(1);
    expect(readdirSync(disk)).toEqual([]);
  });

  it.each([
    [['--print', '--push', 'r.example/a'], 2, '--print pushes nothing'],
    [[], 2, 'Say what to do with the image.'],
    [['--push', 'r.example/App'], 2, '--push must be an image such as'],
    [['--push', 'r.example/a:latest'], 2, 'The tag "latest" is not pushed'],
    [['--print', '--base', 'Node'], 2, '--base must be an image such as'],
    [['--print', '--platform', 'windows'], 2, '--platform must be linux/amd64 or linux/arm64'],
  ])('is refused in words with %j', async (flags, code, words) => {
    const failed = await pubsub('deploy', 'image', ...flags).catch((error) => error);
    expect(failed).toMatchObject({ code, stderr: expect.stringContaining(words) });
  });
});
