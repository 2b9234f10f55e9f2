import { once } from 'node:events';
import {
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { isLoopbackUrl, isPlainHttpElsewhere } from '../../../src/lib/config/loopback.ts';
import { type Flags, resolveSettings } from '../../../src/lib/config/settings.ts';
import { runMain } from '../../fixtures/main.ts';

let folder: string;
let project: string;
let file: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-trust-'));
  project = join(folder, 'above', 'below');
  mkdirSync(project, { recursive: true });
  file = join(folder, 'above', 'pubsub.yaml');
  env = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const settle = (flags: Flags = {}, more: Record<string, string> = {}) =>
  resolveSettings(flags, { ...env, ...more }, project);
const run = (...words: string[]) => runMain(words, env, { cwd: project });
/** An uid that nobody has here. */
const STRANGER = 54_321;
const isRoot = process.geteuid?.() === 0;

describe("a project's file that leads away from this machine", () => {
  it.each([
    ['endpointUrl: http://10.0.0.1:4566'],
    ['endpointUrl: https://sns.example.org'],
    ['endpointUrl: http://localhost.example.org'],
    ['endpointUrl: http://127.0.0.1.example.org'],
    ['target: aws'],
    ['target: aws\nprofile: prod'],
  ])('is not followed before the user agreed: %s', async (text) => {
    writeFileSync(file, `${text}\nregion: eu-west-1\n`);
    const settings = await settle();
    expect(settings.distrusted).toBeDefined();
    await expect(createAws(settings)).rejects.toMatchObject({ code: 'UntrustedFile', exitCode: 2 });
    const refused = await run('status');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('pubsub trust');

    expect((await run('trust')).code).toBe(2);
    expect((await run('trust', '--yes')).code).toBe(0);
    expect((await settle()).distrusted).toBeUndefined();
    writeFileSync(
      file,
      `${text.replace('\nprofile: prod', '')}\nregion: eu-west-1\nprofile: other\n`,
    );
    expect((await settle()).distrusted).toBeDefined();
    expect((await run('trust', '--remove')).code).toBe(0);
    writeFileSync(file, `${text}\nregion: eu-west-1\n`);
    expect((await settle()).distrusted).toBeDefined();
  });

  it.each([
    ['endpointUrl: http://localhost:4566'],
    ['endpointUrl: http://engine.localhost:4566'],
    ['endpointUrl: http://127.8.9.1:4566'],
    ['endpointUrl: http://[::1]:4566'],
    ['target: local\nprofile: prod'],
    ['topics: { payments: {} }'],
  ])('needs no word where it stays here: %s', async (text) => {
    writeFileSync(file, `${text}\n`);
    expect((await settle()).distrusted).toBeUndefined();
  });

  it('needs no word for what flags or the environment decide', async () => {
    writeFileSync(file, 'target: aws\nprofile: prod\nregion: eu-west-1\n');
    expect((await settle({ target: 'local' })).distrusted).toBeUndefined();
    expect((await settle({ target: 'aws' })).distrusted).toEqual({ profile: 'prod' });
    expect((await settle({ target: 'aws', profile: 'mine' })).distrusted).toBeUndefined();
    expect((await settle({}, { AWS_PROFILE: 'mine' })).distrusted).toMatchObject({ target: 'aws' });
    const elsewhere = { AWS_ENDPOINT_URL: 'http://10.0.0.1:1', AWS_PROFILE: 'mine' };
    expect((await settle({}, elsewhere)).distrusted).toBeUndefined();
  });
});

describe.runIf(isRoot)('a file that another user owns', () => {
  it('is refused, whoever the link to it belongs to', async () => {
    writeFileSync(file, 'prefix: evil\n');
    chownSync(file, STRANGER, STRANGER);
    await expect(settle()).rejects.toMatchObject({ code: 'ForeignFile', exitCode: 2 });
    expect((await settle({}, { SUDO_UID: String(STRANGER) })).prefix).toBe('evil');
    await expect(settle({}, { SUDO_UID: '1' })).rejects.toMatchObject({ code: 'ForeignFile' });
    expect((await run('trust', '--yes')).code).toBe(0);
    expect((await settle()).prefix).toBe('evil');
    chownSync(file, STRANGER + 1, STRANGER);
    await expect(settle()).rejects.toMatchObject({ code: 'ForeignFile' });

    rmSync(file);
    writeFileSync(join(folder, 'mine.yaml'), 'prefix: mine\n');
    symlinkSync(join(folder, 'mine.yaml'), file);
    expect((await settle()).prefix).toBe('mine');
    lchownSync(file, STRANGER + 2, STRANGER);
    await expect(settle()).rejects.toMatchObject({ code: 'ForeignFile' });
  });
});

describe('keys and tokens', () => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

  it.runIf(address !== undefined)('never go over plain HTTP to another machine', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.writeHead(403).end();
    }).listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const keys = {
      AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token-of-a-session',
    };
    const ask = async (host: string): Promise<string> => {
      const endpointUrl = `http://${host}:${port}`;
      const aws = await createAws(await settle({ endpointUrl, region: 'us-east-1' }, keys));
      await aws.sns.send(new ListTopicsCommand({})).catch(() => {});
      aws.close();
      return seen.splice(0).join('\n');
    };
    const elsewhere = await ask(address ?? '');
    expect(elsewhere).not.toBe('');
    expect(elsewhere).not.toMatch(/AKIAREAL|token-of-a-session/);
    expect(await ask('127.0.0.1')).toMatch(/AKIAREAL/);
    server.close();
  });

  it('are kept from hosts that only look like this one', () => {
    expect(isLoopbackUrl('http://localhost.:1')).toBe(true);
    for (const url of [
      'http://localhost.a',
      'http://127.0.0.1.a',
      'http://10.0.0.1',
      'http://x@y',
    ]) {
      expect(isLoopbackUrl(url)).toBe(false);
      expect(isPlainHttpElsewhere(url)).toBe(true);
    }
    expect(isPlainHttpElsewhere('https://example.org')).toBe(false);
  });
});
