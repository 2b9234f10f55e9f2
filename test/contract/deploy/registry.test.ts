import { execFileSync } from 'node:child_process';
import { createSign, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { ecrLogin } from '../../../src/lib/aws/ecr.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { buildImage } from '../../../src/lib/deploy/image/build-image.ts';
import { digestTag, pushImage } from '../../../src/lib/deploy/image/push-image.ts';
import { parseReference } from '../../../src/lib/deploy/image/reference.ts';
import {
  digestOf,
  MANIFEST_TYPES,
  openRegistry,
  type Registry,
} from '../../../src/lib/deploy/image/registry.ts';
import type { RegistryLogin } from '../../../src/lib/deploy/image/registry-auth.ts';
import { savedLogin } from '../../../src/lib/deploy/image/registry-login.ts';
import { pushBase } from '../../fixtures/base-image.ts';
import {
  LOGIN,
  type RegistryGate,
  registryMissing,
  startGate,
  startRegistry,
  type TestRegistry,
} from '../../fixtures/docker-registry.ts';
import { motoMissing, startMoto } from '../../fixtures/moto.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-registry-test-'));
const signal = new AbortController().signal;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(
  name: string,
  actions: 'pull' | 'pull,push' = 'pull,push',
  login: () => Promise<RegistryLogin | undefined> = async () => undefined,
): Registry {
  return openRegistry({
    reference: parseReference('--push', name),
    actions,
    login,
    env: {},
    signal,
  });
}

/** A small installation and project to make images of. */
function parts(
  base: string,
  registry: Registry,
  platform: 'linux/amd64' | 'linux/arm64' = 'linux/amd64',
) {
  const at = mkdtempSync(join(folder, 'parts-'));
  const installation = join(at, 'installation');
  for (const each of ['bin', 'dist', 'topologies/orders']) {
    mkdirSync(join(installation, each), { recursive: true });
  }
  writeFileSync(join(installation, 'package.json'), '{}');
  writeFileSync(join(installation, 'bin/pubsub.js'), '#!/usr/bin/env node\n');
  chmodSync(join(installation, 'bin/pubsub.js'), 0o755);
  writeFileSync(join(installation, 'dist/cli.js'), '');
  writeFileSync(join(installation, 'topologies/orders/pubsub.yaml'), 'topology: orders\n');
  const out = join(at, 'out');
  mkdirSync(out);
  return {
    base: parseReference('--base', base),
    registry,
    platform,
    installation: { folder: installation, version: '1.2.3' },
    project: undefined,
    folder: out,
    signal,
  };
}

it.skipIf(registryMissing === undefined)('a registry is there', ({ skip }) => {
  skip(registryMissing);
});

describe.skipIf(registryMissing !== undefined)('a registry that lets everybody in', () => {
  let registry: TestRegistry;
  let gate: RegistryGate;
  beforeAll(async () => {
    registry = await startRegistry();
    gate = await startGate(registry.host);
    await pushBase(open(`${registry.host}/base`), '1', 'oci');
    await pushBase(open(`${registry.host}/base`), 'docker', 'docker');
  });
  afterAll(async () => {
    await gate?.close();
    await registry?.stop();
  });
  beforeEach(() => {
    gate.rule = () => undefined;
  });

  const push = async (repository: string, base = 'base:1') => {
    const from = open(`${registry.host}/${base}`, 'pull');
    const made = parts(`${registry.host}/${base}`, from);
    const image = await buildImage(made);
    const target = parseReference('--push', `${gate.host}/${repository}`);
    const to = open(`${gate.host}/${repository}`);
    const layers: boolean[] = [];
    const options = {
      from,
      to,
      target,
      folder: made.folder,
      onLayer: ({ isThere }: { isThere: boolean }) => layers.push(isThere),
    };
    const tag = await pushImage(image, options);
    return { image, tag, layers };
  };

  it.each(['base:1', 'base:docker'])(
    'takes an image on %s, one PUT a layer, the length said before',
    async (base) => {
      const repository = `team/app-${base.replace(':', '-')}`;
      const { image, tag, layers } = await push(repository, base);
      expect(tag).toBe(digestTag(image));
      expect(layers).toEqual([false, false]);
      const puts = gate.requests.filter(
        ({ method, path }) => method === 'PUT' && path.includes(`/${repository}/blobs/`),
      );
      expect(puts).toHaveLength(3);
      expect(gate.requests.some(({ method }) => method === 'PATCH')).toBe(false);
      for (const { headers } of puts) {
        expect(headers['transfer-encoding']).toBeUndefined();
        expect(Number(headers['content-length'])).toBeGreaterThan(0);
      }
      const there = await open(`${registry.host}/${repository}`).manifest(tag);
      expect(there.digest).toBe(image.manifest.digest);
      expect(there.mediaType).toBe(
        base.endsWith('docker') ? MANIFEST_TYPES.docker : MANIFEST_TYPES.oci,
      );
      const again = await push(repository, base);
      expect(again.layers).toEqual([true, true]);
      expect(again.image.manifest.digest).toBe(image.manifest.digest);
    },
  );

  it('is asked again where it is busy or breaks off, and the layer is there', async () => {
    const failures: string[] = [];
    gate.rule = ({ method, path }) => {
      const kind = `${method} ${path.replace(/[0-9a-f-]{36}.*|sha256:.*/, '')}`;
      if (failures.includes(kind)) return undefined;
      failures.push(kind);
      return method === 'PUT' ? 'cut' : { status: 503, headers: { 'retry-after': '0.01' } };
    };
    const { image, tag } = await push('team/retried');
    expect(failures.some((each) => each.startsWith('PUT') && each.includes('blobs'))).toBe(true);
    const there = await open(`${registry.host}/team/retried`).manifest(tag);
    expect(there.digest).toBe(image.manifest.digest);
  });

  it('that stays busy is named, with what it says', async () => {
    gate.rule = () => ({ status: 429, headers: { 'retry-after': '0.01' } });
    const asked = open(`${gate.host}/base`).manifest('1');
    await expect(asked).rejects.toMatchObject({
      code: 'RegistryUnreachable',
      message: `${gate.host} can't be reached: it answers 429, 4 times.`,
    });
  });

  it('has an index: the manifest of the platform is taken', async () => {
    const to = open(`${registry.host}/many`);
    const amd = await pushBase(to, 'amd64', 'oci');
    const arm = await pushBase(to, 'arm64', 'oci', 'arm64');
    const entry = ({ digest, bytes }: typeof amd, architecture: string) => ({
      mediaType: MANIFEST_TYPES.oci,
      digest,
      size: bytes.length,
      platform: { os: 'linux', architecture },
    });
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPES.ociIndex,
        manifests: [entry(amd, 'amd64'), entry(arm, 'arm64')],
      }),
    );
    const mediaType = MANIFEST_TYPES.ociIndex;
    await to.putManifest('1', { mediaType, digest: digestOf(index), bytes: index });
    for (const [platform, digest] of [
      ['linux/amd64', amd.digest],
      ['linux/arm64', arm.digest],
    ] as const) {
      const { base, manifest } = await buildImage(parts(`${registry.host}/many:1`, to, platform));
      expect(base.digest).toBe(digest);
      expect(manifest.digest).not.toBe(digest);
    }
    const alone = buildImage(
      parts(`${registry.host}/base:1`, open(`${registry.host}/base`), 'linux/arm64'),
    );
    await expect(alone).rejects.toMatchObject({
      code: 'UnusableBase',
      message: expect.stringContaining('it is for linux/amd64, not linux/arm64'),
    });
  });

  it('has an image with a Node that is too old', async () => {
    const to = open(`${registry.host}/old`);
    await pushBase(to, '1', 'oci', 'amd64', '20.18.9');
    await expect(buildImage(parts(`${registry.host}/old:1`, to))).rejects.toMatchObject({
      code: 'UnusableBase',
      message: expect.stringContaining("can't be the base: it has Node 20.18."),
    });
  });

  it('has an image whose configuration is none', async () => {
    const to = open(`${registry.host}/broken`);
    const config = Buffer.from('no configuration');
    await to.upload(digestOf(config), config);
    const { bytes: good } = await to.manifest((await pushBase(to, 'good', 'oci')).digest);
    const mediaType = MANIFEST_TYPES.oci;
    const part = { mediaType, digest: digestOf(config), size: config.length };
    const bytes = Buffer.from(JSON.stringify({ ...JSON.parse(good.toString()), config: part }));
    await to.putManifest('1', { mediaType, digest: digestOf(bytes), bytes });
    await expect(buildImage(parts(`${registry.host}/broken:1`, to))).rejects.toMatchObject({
      code: 'UnusableBase',
      message: expect.stringContaining('its configuration is not JSON'),
    });
  });

  it('says what it has not', async () => {
    const asked = open(`${registry.host}/base`).manifest('2');
    await expect(asked).rejects.toMatchObject({
      code: 'ImageNotFound',
      message: expect.stringMatching(/refuses to give 2 of base: MANIFEST_UNKNOWN/),
    });
  });

  it('gives something else than was asked for: nothing of it is used', async () => {
    const elsewhere = await startRegistry();
    const other = await startGate(elsewhere.host);
    try {
      const manifest = await open(`${registry.host}/base`).manifest('1');
      const { layer } = await pushBase(open(`${elsewhere.host}/base`), '1', 'oci');
      other.rule = ({ path }) =>
        path.includes(`manifests/${manifest.digest}`)
          ? {
              status: 307,
              headers: { location: `http://${registry.host}/v2/base/manifests/docker` },
            }
          : undefined;
      await expect(open(`${other.host}/base`).manifest(manifest.digest)).rejects.toMatchObject({
        code: 'DigestMismatch',
      });
      expect(await open(`${other.host}/base`).hasBlob(layer.digest)).toBe(true);
    } finally {
      await other.close();
      await elsewhere.stop();
    }
  });
});

describe.skipIf(registryMissing !== undefined)('a registry with logins', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry('login');
  });
  afterAll(() => registry?.stop());

  it('lets in with Basic authorization, as Amazon ECR does', async () => {
    const to = open(`${registry.host}/app`, 'pull,push', async () => LOGIN);
    const { digest } = await pushBase(to, '1', 'oci');
    expect((await to.manifest('1')).digest).toBe(digest);
  });

  it.each([
    ['there is no login', undefined],
    ['the login is not right', { username: 'builder', password: 'other' }],
  ])('says that %s', async (why, login) => {
    const asked = open(`${registry.host}/app`, 'pull', async () => login).manifest('1');
    await expect(asked).rejects.toMatchObject({
      code: 'RegistryDenied',
      exitCode: 4,
      message: `${registry.host} doesn't let us in: ${why}.`,
      hint: `docker login ${registry.host}`,
    });
  });

  it('may send for blobs elsewhere, which learns nothing of the login', async () => {
    const openAs = (host: string) => open(`${host}/app`, 'pull,push', async () => LOGIN);
    const storage = await startRegistry();
    const gates = [await startGate(registry.host), await startGate(storage.host)] as const;
    const [gate, elsewhere] = gates;
    try {
      await pushBase(openAs(storage.host), '1', 'oci');
      const { layer } = await pushBase(openAs(registry.host), '1', 'oci');
      gate.rule = ({ method, path }) =>
        method === 'GET' && path.includes('/blobs/')
          ? { status: 307, headers: { location: `http://${elsewhere.host}${path}` } }
          : undefined;
      const made = parts(`${gate.host}/app:1`, openAs(gate.host));
      const { layers } = await buildImage(made);
      expect(layers[0]?.digest).toBe(layer.digest);
      const file = join(made.folder, 'downloaded');
      await made.registry.download({ mediaType: '', ...layer }, file);
      expect(digestOf(readFileSync(file))).toBe(layer.digest);
      const authorized = (each: RegistryGate) =>
        each.requests.filter(({ headers }) => headers.authorization !== undefined).length;
      expect(authorized(gate)).toBeGreaterThan(0);
      expect(elsewhere.requests).toHaveLength(2);
      expect(authorized(elsewhere)).toBe(0);
    } finally {
      for (const each of gates) await each.close();
      await storage.stop();
    }
  });

  it('takes what docker login saved, and what a helper keeps', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.docker'));
    const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
    const write = (config: unknown) =>
      writeFileSync(join(home, '.docker/config.json'), JSON.stringify(config));
    const env = { HOME: home, PATH: `${home}:${process.env.PATH}` };
    const pull = () =>
      open(`${registry.host}/app`, 'pull', () => savedLogin(registry.host, env)).hasBlob(
        digestOf(Buffer.from('nothing')),
      );
    await expect(pull()).rejects.toMatchObject({ code: 'RegistryDenied' });
    write({ auths: { [registry.host]: { auth } } });
    expect(await pull()).toBe(false);
    write({ credHelpers: { [registry.host]: 'test' } });
    await expect(pull()).rejects.toMatchObject({ code: 'RegistryDenied' });
    const helper = join(home, 'docker-credential-test');
    const answer = JSON.stringify({ Username: LOGIN.username, Secret: LOGIN.password });
    writeFileSync(
      helper,
      `#!/bin/sh\nread host\n[ "$1 $host" = "get ${registry.host}" ] && echo '${answer}'\n`,
    );
    chmodSync(helper, 0o755);
    expect(await pull()).toBe(false);
  });
});

it.skipIf(motoMissing)('Amazon ECR gives a login to who has credentials', async () => {
  const moto = await startMoto();
  try {
    const settings = { endpointUrl: moto.url, region: 'eu-west-1' };
    const aws = await createAws(await resolveSettings(settings, {}, '/'));
    const login = await ecrLogin(aws, 'eu-west-1');
    expect(login).toEqual({ username: 'AWS', password: expect.stringMatching(/./) });
    aws.close();
  } finally {
    await moto.stop();
  }
});

describe.skipIf(registryMissing !== undefined)('a registry that asks for tokens', () => {
  let registry: TestRegistry;
  let server: Server;
  const asked: {
    scope: string | null;
    service: string | null;
    authorization: string | undefined;
  }[] = [];
  const service = 'registry.tests';
  const issuer = 'tokens.tests';
  /** Seconds that a token is good for; the registry adds a minute to it. */
  let life = 300;

  beforeAll(async () => {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=tokens',
    ];
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const der = readFileSync(certificate, 'utf8').replace(/-----[^-]+-----|\n/g, '');
    server = createServer((incoming, response) => {
      const { searchParams } = new URL(incoming.url ?? '', 'http://localhost');
      const scope = searchParams.get('scope');
      const { authorization } = incoming.headers;
      asked.push({ scope, service: searchParams.get('service'), authorization });
      const mayPush = authorization?.startsWith('Basic ') ?? false;
      const [type = '', name = '', actions = ''] = (scope ?? '').split(':');
      const allowed = actions.split(',').filter((each) => each === 'pull' || mayPush);
      const now = Math.floor(Date.now() / 1000);
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = {
        iss: issuer,
        aud: service,
        sub: 'tests',
        iat: now,
        nbf: now - 600,
        exp: now + life,
        jti: randomBytes(8).toString('hex'),
        access: [{ type, name, actions: allowed }],
      };
      const signed = `${part({ typ: 'JWT', alg: 'RS256', x5c: [der] })}.${part(claims)}`;
      const signature = createSign('RSA-SHA256')
        .update(signed)
        .sign(readFileSync(key), 'base64url');
      response.end(JSON.stringify({ token: `${signed}.${signature}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    registry = await startRegistry({ realm, service, issuer, certificate });
  });
  afterAll(async () => {
    await registry?.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it('gets one for what is done, with the login, and asks once for all of it', async () => {
    asked.length = 0;
    life = 300;
    const to = open(`${registry.host}/team/app`, 'pull,push', async () => LOGIN);
    const { digest } = await pushBase(to, '1', 'oci');
    const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
    expect(asked).toEqual([
      { scope: 'repository:team/app:pull,push', service, authorization: `Basic ${basic}` },
    ]);
    asked.length = 0;
    const from = open(`${registry.host}/team/app`, 'pull');
    expect((await from.manifest('1')).digest).toBe(digest);
    expect(asked).toEqual([
      { scope: 'repository:team/app:pull', service, authorization: undefined },
    ]);
  });

  it('is asked for another one when the first has run out', async () => {
    life = 300;
    const from = open(`${registry.host}/team/app`, 'pull');
    // The registry lets a token go a minute after its end.
    life = -600;
    const late = from.manifest('1');
    await expect(late).rejects.toMatchObject({ code: 'RegistryDenied' });
    life = 300;
    await expect(from.manifest('1')).resolves.toMatchObject({ mediaType: MANIFEST_TYPES.oci });
  });

  it('that gives no right to push says so', async () => {
    life = 300;
    const to = open(`${registry.host}/team/app`, 'pull,push');
    await expect(to.upload(digestOf(Buffer.from('x')), Buffer.from('x'))).rejects.toMatchObject({
      code: 'RegistryDenied',
      exitCode: 4,
    });
  });
});
