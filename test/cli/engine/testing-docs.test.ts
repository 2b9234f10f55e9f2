import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-testing-'));
const guide = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8');

let engine: TestEngine;
beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/pubsub-cli'));
  engine = await startEngine();
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

function hasProgram(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const environment = () => ({ PATH: process.env.PATH, HOME: folder, ...engine.env });

describe('docs/testing.md', () => {
  it('begins with lines that work when they are copied', async () => {
    const [, code = ''] = /```js\n(.*?)```/s.exec(guide) ?? [];
    expect(guide.indexOf('```js')).toBeLessThan(400);
    writeFileSync(join(folder, 'orders.test.mjs'), code);

    const { stdout } = await run(process.execPath, ['--test', 'orders.test.mjs'], { cwd: folder });
    expect(stdout).toMatch(/^# pass 1$/m);
  });

  it('has a fixture of pytest that empties the engine before each test', async ({ skip }) => {
    if (!hasProgram('python3', '-c', 'import boto3, pytest')) skip('boto3 or pytest is missing');
    const [, fixture = ''] = /```python\n(.*?)```/s.exec(guide) ?? [];
    writeFileSync(join(folder, 'conftest.py'), fixture);
    writeFileSync(
      join(folder, 'test_queue.py'),
      `import boto3

def queues():
    return boto3.client("sqs").list_queues().get("QueueUrls", [])

def test_first():
    assert queues() == []
    boto3.client("sqs").create_queue(QueueName="q")
    assert len(queues()) == 1

def test_second():
    assert queues() == []
`,
    );
    const { stdout } = await run('python3', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'], {
      cwd: folder,
      env: { ...process.env, ...environment(), HOME: process.env.HOME },
    });
    expect(stdout).toContain('2 passed');
  });
});

const CHROMIUM = ['chromium', 'chromium-browser'].find((name) => hasProgram(name, '--version'));

it('a page whose own name leads to this machine gets nothing done', async ({ skip }) => {
  if (CHROMIUM === undefined) return skip('chromium is not installed');
  await engine.reset();
  const { port } = engine;
  const browse = (url: string, host: string) =>
    new Promise<string>((resolve) => {
      const child = spawn(
        CHROMIUM,
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          `--user-data-dir=${join(folder, 'profile')}`,
          `--host-resolver-rules=MAP ${host} 127.0.0.1`,
          '--virtual-time-budget=4000',
          '--dump-dom',
          url,
        ],
        { env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'ignore'] },
      );
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      child.once('close', () => resolve(text));
    });

  const query = '?Action=CreateQueue&QueueName=made';
  expect(await browse(`http://evil.test:${port}/${query}`, 'evil.test')).toContain(
    'not spoken to as',
  );
  expect(() => engine.messages('made')).toThrow('no queue made');
  // The same browser does it under a name of this machine.
  expect(await browse(`http://localhost:${port}/${query}`, 'unused.test')).toContain('made');
  expect(engine.messages('made')).toEqual([]);

  const page = join(folder, 'page.html');
  writeFileSync(page, `<img src="http://127.0.0.1:${port}/?Action=DeleteQueue&QueueUrl=made">`);
  await browse(`file://${page}`, 'unused.test');
  expect(engine.messages('made')).toEqual([]);
});
