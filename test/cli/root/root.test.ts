import { execFile } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/index.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

describe('pubsub', () => {
  it('prints its version', async () => {
    const { stdout, code } = await pubsub.spawn(['--version']).finished;
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });

  it('is built with every part that a command loads when it runs', async () => {
    const chunks = join(import.meta.dirname, '../../../dist/chunks');
    const load = `for (const name of ${JSON.stringify(readdirSync(chunks).filter((name) => name.endsWith('.js')))})
      await import(${JSON.stringify(`${pathToFileURL(chunks)}/`)} + name);
      console.log('all');`;
    const args = ['--input-type=module', '--eval', load];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: pubsub.env });
    expect(stdout).toBe('all\n');
  });

  it('lists every command under examples, and says what to do next', async () => {
    const { stdout, code } = await pubsub.run(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Provision.*\n\nExamples:\n {2}\$ pubsub demo/);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(stdout).toContain('Next: pubsub demo');
  });

  it('shows the help when nothing is asked', async () => {
    const { stdout, code } = await pubsub.run([]);
    expect(stdout).toContain('Send and receive:');
    expect(code).toBe(0);
  });

  it.each(COMMANDS.map(({ name }) => name))(
    '%s --help has examples and fits 80 columns',
    async (name) => {
      const { stdout, code } = await runMain([name, '--help'], pubsub.env);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^[A-Z].*\.\n\nExamples:\n {2}\$ .*pubsub /);
      expect(stdout).not.toContain('--endpoint-url <url>');
      expect(stdout).toContain('Next: ');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it.each([['-v'], ['version']])('prints its version for %s', async (word) => {
    expect((await runMain([word], pubsub.env)).stdout).toBe('0.0.0-test\n');
  });

  it.each([
    [['help'], 'Usage: pubsub <command>'],
    [['-h'], 'Usage: pubsub <command>'],
    [['help', 'listen'], 'Usage: pubsub listen'],
    [['listen', '-h'], 'Usage: pubsub listen'],
    [['help', 'dlq', 'redrive'], 'Usage: pubsub dlq redrive'],
    [['dlq', 'redrive', '-h'], 'Usage: pubsub dlq redrive'],
    [['status', '-h', '--all'], '--endpoint-url <url>'],
  ])('shows the help that %j asks for', async (args, words) => {
    const { stdout, stderr, code } = await runMain(args, pubsub.env);
    expect(stdout).toContain(words);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it.each([[['help', 'lsiten']], [['lsiten', '-h']], [['lsiten', '--help']]])(
    'guesses a mistyped command whose help is asked for: %j',
    async (args) => {
      const { stdout, stderr, code } = await runMain(args, pubsub.env);
      expect(stderr).toContain('Did you mean "listen"?');
      expect(stdout).toBe('');
      expect(code).toBe(2);
    },
  );

  it('takes short flags where people try them', async () => {
    const { stdout } = await runMain(['use', '-o', 'json', '-q', '-y', '-v'], pubsub.env);
    expect(JSON.parse(stdout)).toHaveProperty('defaults');
    const wrong = await runMain(['use', '-o', 'xml'], pubsub.env);
    expect(wrong.stderr).toContain('Allowed choices are json, text');
    expect(wrong.code).toBe(2);
  });

  it('guesses a mistyped command', async () => {
    const { stdout, stderr, code } = await runMain(['lsiten'], pubsub.env);
    expect(stderr).toContain('Unknown command "lsiten". Did you mean "listen"?');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('guesses a mistyped flag', async () => {
    const { stderr, code } = await runMain(['setup', '--dryrun'], pubsub.env);
    expect(stderr).toContain("Unknown option '--dryrun'");
    expect(stderr).toContain('--dry-run');
    expect(code).toBe(2);
  });

  it.each([
    ['setup --nonsense', 'See the flags with: pubsub setup --help'],
    ['--prefix demo dlq ls --nonsense', 'See the flags with: pubsub dlq ls --help'],
    ['dlq nonsense', 'See them with: pubsub dlq --help'],
    ['--nonsense', 'See the flags with: pubsub --help'],
  ])('says whose help to read: pubsub %s', async (words, hint) => {
    const { stderr, code } = await runMain(words.split(' '), pubsub.env);
    expect(stderr).toContain(hint);
    expect(code).toBe(2);
  });

  it('takes global flags before the command too', async () => {
    const { stdout } = await pubsub.run(['--json', 'use']);
    expect(JSON.parse(stdout)).toHaveProperty('defaults');
  });

  it('runs the command that is named, whatever command a value of a flag before it is called like', async () => {
    const { stdout, code } = await runMain(['--prefix', 'demo', 'completion', 'bash'], pubsub.env);
    expect(code).toBe(0);
    expect(stdout).toContain('__complete');
  });

  it('reports an error as one JSON document with --json, also before the flags are read', async () => {
    const wrong = [['frobnicate'], ['setup', '--bogus'], ['whoami', '--target', 'asw'], ['dlq']];
    for (const args of wrong) {
      const { stdout, code } = await runMain([...args, '--json'], pubsub.env);
      const { error } = JSON.parse(stdout);
      expect(error).toEqual({
        code: expect.any(String),
        message: expect.any(String),
        hint: expect.any(String),
      });
      expect(code).toBe(2);
    }
  });

  it('writes no escape sequence off a terminal', async () => {
    const { stdout, stderr } = await pubsub.run(['whoami', '--target', 'nowhere']);
    expect(stdout + stderr).not.toContain('\u001b');
  });
});

describe('what can not be reached', () => {
  it('says where nothing answers, and what to do', async () => {
    const { stderr, code } = await pubsub.run(['whoami', '--endpoint-url', 'http://127.0.0.1:1']);
    expect(stderr).toContain('nothing answers at http://127.0.0.1:1');
    expect(stderr).toContain('use the local engine: --target local, without --endpoint-url');
    expect(code).toBe(1);
  });

  it('writes out what would steer the terminal in an answer', async () => {
    const server = createServer((_, response) => {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no\u009b2J\u202e</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const args = ['whoami', '--endpoint-url', `http://127.0.0.1:${port}`];
    const { stderr } = await runMain(args, pubsub.env, { columns: 200 });
    server.close();
    expect(stderr).toContain('no\\u{9b}2J\\u{202e}');
  });

  it('gives a cure that works wherever the URL came from', async () => {
    await pubsub.startEngine();
    const folder = pubsub.env.HOME;
    writeFileSync(join(folder, 'pubsub.yaml'), 'endpointUrl: http://127.0.0.1:1\n');
    await pubsub.run(['use', 'http://127.0.0.1:1']);
    const urls = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    for (const [env, cwd] of [
      [{}, '/'],
      [{}, folder],
      [urls, '/'],
    ] as const) {
      const { stderr } = await pubsub.run(['whoami'], { env, cwd });
      expect(stderr).toContain('or use the local engine: --target local');
      const cured = await pubsub.run(['whoami', '--target', 'local'], { env, cwd });
      expect(cured.code, cured.stderr).toBe(0);
    }
    rmSync(join(folder, 'pubsub.yaml'));
    await pubsub.run(['use', '--reset']);
  });

  it.each([
    [
      'a page',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>',
      'HTTP 200',
    ],
    ['a plain text', 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nNope', 'HTTP 404'],
    [
      'another place',
      'HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n',
      'HTTP 301',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'not in HTTP'],
  ])('says that what answers with %s is not AWS', async (_what, answer, how) => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stderr, code } = await pubsub.run(['status', '--endpoint-url', url]);
    server.close();
    expect(stderr).toContain(`${url} answers, but not as AWS does (${how}).`);
    expect(stderr).toContain(`curl -i ${url}`);
    expect(code).toBe(1);
  });

  it.each([
    ['whoami', 'HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n'],
    ['whoami', 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'],
    ['whoami', 'SSH-2.0-OpenSSH_9.6\r\n'],
    [
      'publish order.created',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>',
    ],
  ])('is not content with %s where AWS would not answer %j', async (command, answer) => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = await pubsub.run([...command.split(' '), '--endpoint-url', url]);
    server.close();
    expect(run.stderr).toContain(`${url} answers, but not as AWS does`);
    expect(run.code).toBe(1);
  });

  it('says so of a name that no host can have', async () => {
    const url = `http://${'x'.repeat(300)}`;
    const { stderr, code } = await pubsub.run(['whoami', '--endpoint-url', url]);
    expect(stderr).toContain(`nothing answers at ${url}`);
    expect(code).toBe(1);
  });

  it.each([
    ['ExpiredToken', 403, 'the AWS credentials have expired', 'aws sso login'],
    ['InvalidClientTokenId', 403, 'AWS does not accept these credentials', 'aws sso login'],
    ['SignatureDoesNotMatch', 403, 'AWS does not accept these credentials', 'aws sso login'],
    ['AccessDenied', 403, 'Not allowed to find out who you are', 'pubsub whoami'],
  ])('tells what to do about %s', async (name, status, words, cure) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${name}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { stderr, code } = await runMain(['setup', '--endpoint-url', url], pubsub.env);
    server.close();
    server.closeAllConnections();
    expect(stderr).toContain(words);
    expect(stderr).toContain(cure);
    expect(code).toBe(4);
  });

  it('names missing credentials before anything is sent to AWS', async () => {
    const { stderr, code } = await pubsub.run(['whoami', '--target', 'aws'], {
      env: { AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(stderr).toContain('no AWS credentials were found');
    expect(stderr).toContain('aws sso login');
    expect(code).toBe(4);
  });

  it('names a missing region', async () => {
    const { stderr, code } = await pubsub.run(['whoami', '--target', 'aws']);
    expect(stderr).toContain('No AWS region is configured');
    expect(code).toBe(2);
  });
});
