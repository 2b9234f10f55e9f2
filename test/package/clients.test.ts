import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useEngine } from '../../src/engine.ts';

const run = promisify(execFile);
const CLIENTS = join(import.meta.dirname, 'clients');
const folder = mkdtempSync(join(tmpdir(), 'pubsub-clients-'));
const engine = useEngine({ beforeAll, beforeEach, afterAll });
afterAll(() => rmSync(folder, { recursive: true }));

/** What each walk comes back with; errors by the classes that its SDK has for them. */
const WALK = {
  body: '{"id":1}',
  attribute: 'order.created',
  sent: ['a', 'b'],
  refused: ['c'],
  deleted: 2,
  left: 0,
  tags: { team: 'shop' },
  errors: ['QueueDoesNotExist', 'NotFound', 'ReceiptHandleIsInvalid'],
};

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function walk(command: string, ...args: string[]): Promise<unknown> {
  const { PATH, HOME } = process.env;
  const options = { cwd: folder, env: { PATH, HOME, ...engine().env } };
  return JSON.parse((await run(command, args, options)).stdout);
}

/** Debian's own packages of Go, without a module proxy. */
const GOPATH = '/usr/share/gocode';
const GO_SDK = join(GOPATH, 'src/github.com/aws/aws-sdk-go-v2/service/sqs');

describe('clients in other languages', () => {
  it('boto3', async ({ skip }) => {
    if (!works('python3', '-c', 'import boto3')) skip('boto3 is not installed');
    const errors = ['NonExistentQueue', 'NotFound', 'ReceiptHandleIsInvalid'];
    expect(await walk('python3', join(CLIENTS, 'walk.py'))).toEqual({ ...WALK, errors });
  });

  it('the SDK for Ruby, version 1, which knows no tags', async ({ skip }) => {
    if (!works('ruby', '-e', 'require "aws-sdk-v1"')) skip('ruby-aws-sdk is not installed');
    const { tags: _, ...rest } = WALK;
    const errors = ['NonExistentQueue', 'NotFound', 'ReceiptHandleIsInvalid'];
    expect(await walk('ruby', join(CLIENTS, 'walk.rb'))).toEqual({ ...rest, errors });
  });

  it('the SDK for Go, version 2', async ({ skip }) => {
    if (!works('go', 'version') || !existsSync(GO_SDK)) {
      skip('golang-github-aws-aws-sdk-go-v2-dev is not installed');
    }
    const program = join(folder, 'walk');
    const env = { ...process.env, GO111MODULE: 'off', GOPATH };
    await run('go', ['build', '-o', program, join(CLIENTS, 'walk.go')], { env });
    expect(await walk(program)).toEqual(WALK);
  });
});
