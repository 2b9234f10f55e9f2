import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useEngine } from '../../src/engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-recipes-'));
const engine = useEngine({ beforeAll, beforeEach, afterAll });

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/pubsub-cli'));
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true }));

function hasProgram(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const environment = () => ({ PATH: process.env.PATH, HOME: process.env.HOME, ...engine().env });

/** Writes a file of docs/testing.md, by the name in its first line. */
function recipe(name: string): string {
  const guide = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8');
  const code = [...guide.matchAll(/```\w+\n(.*?)```/gs)]
    .map(([, text = '']) => text)
    .find((text) => text.split('\n')[0]?.includes(` ${name}`));
  if (code === undefined) throw new Error(`docs/testing.md has no ${name}`);
  writeFileSync(join(folder, name), code);
  return name;
}

/** Runs a program in the folder to its end. @throws Error with what it wrote */
async function finish(command: string, args: readonly string[], env: object = {}): Promise<string> {
  const options = { cwd: folder, env: { ...environment(), ...env } };
  const { stdout, stderr } = await run(command, args, options).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
    },
  );
  return stdout + stderr;
}

/** A Query call, without an SDK. */
const query = '/?Action=SendMessage&QueueUrl=q&MessageBody=m';

describe('recipes of docs/testing.md', () => {
  it('the fixture of vitest', async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const file = recipe('fixture.test.mjs');
    const args = [vitest, 'run', '--testTimeout', '60000', file];
    expect(await finish(process.execPath, args)).toMatch(/1 passed/);
  });

  // Fetches Jest, some three hundred packages, while other tests keep the machine busy.
  it('the hooks of Jest', { timeout: 600_000 }, async ({ skip }) => {
    const npx = ['-y', '--prefer-offline', '-p', 'jest@30', 'jest'];
    const fetched = await run('npx', [...npx, '--version'], { timeout: 400_000 }).catch(() => '');
    if (fetched === '') skip('jest can not be fetched');
    recipe('hooks.test.mjs');
    const flags = ['--testMatch=**/hooks.test.mjs', '--transform={}', '--moduleFileExtensions=mjs'];
    const args = [...npx, ...flags, '--moduleFileExtensions=js'];
    const said = await finish('npx', args, { NODE_OPTIONS: '--experimental-vm-modules' });
    expect(said).toMatch(/Tests: +1 passed/);
  });

  it('Ruby', async ({ skip }) => {
    if (!hasProgram('ruby', '-e', 'require "minitest"')) skip('Ruby or minitest is missing');
    recipe('engine_helper.rb');
    writeFileSync(
      join(folder, 'test_queue.rb'),
      `require_relative 'engine_helper'

class QueueTest < Minitest::Test
  def query(text) = Net::HTTP.get(URI(ENV['AWS_ENDPOINT_URL'] + '/?Action=' + text))

  2.times do |at|
    define_method("test_#{at}") do
      refute_includes query('ListQueues'), '/q<'
      query 'CreateQueue&QueueName=q'
      query 'SendMessage&QueueUrl=q&MessageBody=m'
      assert_equal ['m'], engine(:wait, queue: 'q')['messages'].map { |each| each['body'] }
    end
  end
end
`,
    );
    expect(await finish('ruby', ['test_queue.rb'])).toContain('2 runs, 6 assertions, 0 failures');
  });

  it('Go', async ({ skip }) => {
    if (!hasProgram('go', 'version')) skip('Go is missing');
    recipe('engine_test.go');
    writeFileSync(join(folder, 'go.mod'), 'module shop\n\ngo 1.19\n');
    writeFileSync(
      join(folder, 'queue_test.go'),
      `package shop

import (
	"net/http"
	"os"
	"testing"
)

func TestQueue(t *testing.T) {
	engine(t, "reset", "")
	http.Get(os.Getenv("AWS_ENDPOINT_URL") + "/?Action=CreateQueue&QueueName=q")
	http.Get(os.Getenv("AWS_ENDPOINT_URL") + "${query}&DelaySeconds=900")
	engine(t, "clock", \`{"advance":"15m"}\`)
	engine(t, "wait", \`{"queue":"q"}\`)
}
`,
    );
    const env = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GO111MODULE: 'on' };
    expect(await finish('go', ['test', './...'], env)).toMatch(/^ok\s+shop/);
    expect(engine().messages('q')).toMatchObject([{ state: 'visible' }]);
  });

  it('Java', async ({ skip }) => {
    if (!hasProgram('javac', '-version')) skip('the JDK is missing');
    writeFileSync(
      join(folder, 'QueueTest.java'),
      `class QueueTest {
    public static void main(String[] args) throws Exception {
        Engine.ask("reset", "{}");
        java.net.URI.create(Engine.URL + "/?Action=CreateQueue&QueueName=q").toURL().openStream().close();
        java.net.URI.create(Engine.URL + "${query}").toURL().openStream().close();
        System.out.println(Engine.ask("wait", "{\\"queue\\":\\"q\\"}"));
        try {
            Engine.ask("wait", "{\\"queue\\":\\"q\\",\\"count\\":2,\\"timeout\\":\\"20ms\\"}");
        } catch (AssertionError error) {
            System.out.println(error.getMessage());
        }
    }
}
`,
    );
    await finish('javac', [recipe('Engine.java'), 'QueueTest.java']);
    const said = await finish('java', ['-cp', '.', 'QueueTest']);
    expect(said).toContain('"body":"m"');
    expect(said).toContain('Waited for 2 messages in q: 1');
  });
});
