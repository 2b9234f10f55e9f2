import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/index.ts';
import { COMPLETION_SHELLS } from '../../../src/lib/ui/completion.ts';
import { runMain } from '../../fixtures/main.ts';
import { plain } from '../../fixtures/terminal.ts';

const BINARY = join(import.meta.dirname, '../../../bin/pubsub.js');

let home = '';
const folder = (): string => join(home, 'project');
const environment = (): Record<string, string> => ({
  HOME: home,
  PATH: [join(home, 'bin'), process.env.PATH].join(delimiter),
});
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'pubsub-completion-'));
  for (const name of ['bin', 'project', 'broken', '.aws']) mkdirSync(join(home, name));
  symlinkSync(BINARY, join(home, 'bin/pubsub'));
  writeFileSync(join(folder(), 'events.jsonl'), '');
  writeFileSync(
    join(folder(), 'pubsub.yaml'),
    `topology: payments
topics: { payments: {}, refunds: {} }
subscribers:
  ledger: { from: payments }
  fraud: { from: [payments, refunds], dlq: false }
events:
  payment.captured: { topic: payments, sample: { payment_id: p1 } }
  refund.made: { topic: refunds, schema: { properties: { reason: { enum: [broken, late] } } } }
  "odd $(touch here)": { topic: refunds }
`,
  );
  writeFileSync(
    join(home, '.aws/config'),
    '[default]\n[profile dev]\n[sso-session s]\n[profile "a b"]\n',
  );
  writeFileSync(join(home, '.aws/credentials'), '[ci]\naws_access_key_id = x\n[dev]\n');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Offered {
  readonly kind: string;
  readonly words: readonly string[];
}

/** What bash's script is answered at the end of a line. */
async function offered(line: string, cwd = folder(), shell = 'bash'): Promise<Offered> {
  const words = shell === 'bash' ? [line] : line.split(' ').slice(1);
  const args = ['__complete', shell, ...words];
  const { stdout, stderr, code } = await runMain(args, environment(), { cwd });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const [kind = '', ...lines] = stdout.trimEnd().split('\n');
  return { kind, words: lines };
}

describe('a Tab', () => {
  it('offers every command, and help', async () => {
    const names = COMMANDS.map(({ name }) => name);
    expect((await offered('pubsub ')).words).toEqual([...names, 'help']);
    expect((await offered('pubsub help ')).words).toEqual(names);
  });

  it.each([
    ['pubsub lis', ['listen']],
    ['pubsub listen ', ['ledger', 'fraud', 'all']],
    ['pubsub dlq ', ['ls', 'show', 'redrive', 'purge', 'export', 'import']],
    ['pubsub dlq show ', ['ledger', 'all']],
    ['pubsub dlq import ', ['ledger']],
    ['pubsub local st', ['start', 'stop', 'status']],
    ['pubsub setup --dry', ['--dry-run']],
    ['pubsub setup --target ', ['local', 'aws', 'rabbitmq']],
    ['pubsub setup --target=l', ['local']],
    [
      'pubsub setup --topology ',
      ['payments', 'orders', 'order-notifications', 'platform', 'weather'],
    ],
    ['pubsub --topology weather listen st', ['storm-warning']],
    ['pubsub publish ', ['payment.captured', 'refund.made']],
    ['pubsub publish payment.captured --pay', ['--payment-id']],
    ['pubsub publish refund.made --reason ', ['broken', 'late']],
    ['pubsub --topology orders publish order.created --order-id 7 --status s', ['shipped']],
    ['pubsub explain --subscriber ', ['ledger', 'fraud']],
    ['pubsub tap --scope ', ['attributes', 'body']],
    ['pubsub replay all --type pay', ['payment.captured']],
    ['pubsub doctor --topic ', ['payments', 'refunds']],
    ['pubsub ls ref', ['refunds']],
    [
      'pubsub wait --queue payments-',
      ['payments-ledger-queue', 'payments-ledger-dlq', 'payments-fraud-queue'],
    ],
    ['pubsub demo --pace ', ['normal', 'fast']],
    ['pubsub listen fraud --exec-mode ', ['stream', 'batch']],
    ['pubsub local env --shell po', ['powershell']],
    ['pubsub local start --policies ', ['enforce', 'warn']],
    ['pubsub setup --profile ', ['default', 'dev', 'ci']],
    ['pubsub setup --region eu-central', ['eu-central-1', 'eu-central-2']],
    ['pubsub iam ', ['publisher', 'subscriber', 'operator', 'function', 'deploy']],
    ['pubsub export mer', ['mermaid']],
    ['pubsub completion ', ['bash', 'zsh', 'fish']],
    ['pubsub init --lang ', ['ts', 'python', 'ruby']],
    ['pubsub init --topic ', []],
    ['pubsub setup -o ', ['json', 'text']],
    ['pubsub trace ', []],
    ['pubsub frobnicate ', []],
    [`pubsub listen "led`, ['ledger']],
  ])('offers what can follow "%s"', async (line, expected) => {
    const { words } = await offered(line);
    expect(words.filter((word) => !word.startsWith('-') || line.includes(' --'))).toEqual(expected);
  });

  it.each([
    ['pubsub publish --file ', 'files'],
    ['pubsub publish -f ', 'files'],
    ['pubsub publish --failed-to=', 'files'],
    ['pubsub adopt payments -o ', 'files'],
    ['pubsub listen ledger --handler ', 'files'],
    ['pubsub dlq export ledger --to ', 'files'],
    ['pubsub explain --filter-policy ', 'files'],
    ['pubsub trust ', 'files'],
    ['pubsub init ', 'folders'],
  ])('leaves it to the shell to offer what can follow "%s"', async (line, kind) => {
    expect(await offered(line)).toEqual({ kind, words: [] });
  });

  it('offers a flag once, unless it may be repeated', async () => {
    const { words } = await offered('pubsub explain --attribute a=1 --offline --');
    expect(words).toContain('--attribute');
    expect(words).not.toContain('--offline');
  });

  it('tells zsh and fish what each word is', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { words } = await offered('pubsub dlq sh', folder(), shell);
      expect(words).toEqual(['show\tlook at dead letters and why they failed']);
    }
    const { words } = await offered('pubsub setup --target=l', folder(), 'fish');
    expect(words).toEqual(['--target=local']);
  });

  it.each([
    [
      'a mistake',
      'topology: 7\ntopics: {t: {}}\nsubscribers: {led: {}, aud: {bad: 1}}\n',
      ['led', 'aud', 'all'],
    ],
    ['no YAML', 'topics: {t: {}}\nsubscribers:\n  led: {}\n  "x: [\n', ['led', 'all']],
    ['nothing to make out', '\u0000{{{', ['all']],
  ])('offers what it can where pubsub.yaml has %s, and says nothing', async (_, text, expected) => {
    const broken = join(home, 'broken');
    writeFileSync(join(broken, 'pubsub.yaml'), text);
    expect((await offered('pubsub listen ', broken)).words).toEqual(expected);
    expect((await offered('pubsub setup --tar', broken)).words).toEqual(['--target']);
    const script = await runMain(['completion', 'bash'], environment(), { cwd: broken });
    expect(script).toMatchObject({ stderr: '', code: 0 });
    expect(script.stdout).toContain('__complete');
  });

  it('does not wait for who writes to a pubsub.yaml that is a named pipe', async () => {
    const folder = join(home, 'pipe');
    mkdirSync(folder);
    spawnSync('mkfifo', [join(folder, 'pubsub.yaml')]);
    expect((await offered('pubsub listen ', folder)).words).toEqual(['all']);
  });

  it('says nothing where it can offer nothing', async () => {
    const run = (args: readonly string[]) =>
      runMain(['__complete', ...args], environment(), { cwd: join(home, 'gone') });
    expect(await run(['tcsh', 'x'])).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(await run([])).toEqual({ stdout: '', stderr: '', code: 0 });
  });
});

describe.each(COMPLETION_SHELLS)('the script of %s', (shell) => {
  const start = { bash: ['--norc', '--noprofile', '-i'], zsh: ['-f', '-i'], fish: ['-N', '-i'] };
  const missing = spawnSync(shell, ['--version']).error !== undefined;
  if (missing) console.log(`${shell} is not installed: skipped its completion`);

  it.skipIf(missing)('completes in a real terminal', async () => {
    const child = spawn(shell, start[shell], {
      cols: 120,
      rows: 24,
      cwd: folder(),
      env: { ...environment(), TERM: 'xterm', fish_greeting: '' },
    });
    let printed = '';
    child.onData((data) => {
      printed += data;
      // fish asks the terminal what it is before it begins.
      if (data.includes('\x1b[c')) child.write('\x1b[?62;c');
    });
    const exited = new Promise<void>((resolve) => child.onExit(() => resolve()));
    const shows = (words: string) => expect.poll(() => plain(printed)).toContain(words);
    try {
      const load =
        shell === 'fish'
          ? 'pubsub completion fish | source'
          : `source <(pubsub completion ${shell})`;
      child.write(`${load}; echo loa""ded\r`);
      await shows('loaded');
      for (const [typed, completed] of [
        ['pubsub listen led\t', 'pubsub listen ledger'],
        ['pubsub dlq show led\t', 'pubsub dlq show ledger'],
        ['pubsub publish --file ev\t', 'pubsub publish --file events.jsonl'],
        ['pubsub publish --file=ev\t', 'pubsub publish --file=events.jsonl'],
        ['pubsub setup --target=lo\t', 'pubsub setup --target=local'],
        ['pubsub demo --pace no\t', 'pubsub demo --pace normal'],
      ] as const) {
        child.write(typed);
        await shows(completed);
        child.write('\x15');
      }
      child.write('\x15exit\r');
      await exited;
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('completion --install', () => {
  const install = (args: readonly string[], env: Record<string, string> = {}) =>
    runMain(['completion', ...args], { ...environment(), ...env });

  it('explains what it does, and does it once', async () => {
    writeFileSync(join(home, '.bashrc'), 'alias ll=ls');
    const asked = await install(['--install'], { SHELL: '/bin/bash' });
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('Add --yes');
    expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe('alias ll=ls');
    const done = await install(['--install', '--yes'], { SHELL: '/bin/bash' });
    expect(done.code).toBe(0);
    expect(done.stderr).toContain('that asks pubsub at each Tab');
    expect(done.stderr).toContain('To take it away');
    const again = await install(['bash', '--install', '--yes', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ shell: 'bash', changed: false });
    const file = join(home, '.local/share/bash-completion/completions/pubsub');
    expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe(
      `alias ll=ls\n. ${file}  # completion of pubsub\n`,
    );
    const { stdout } = spawnSync('bash', ['-ic', 'complete -p pubsub'], {
      env: environment(),
      encoding: 'utf8',
    });
    expect(stdout).toBe('complete -F _pubsub pubsub\n');
  });

  it('puts it where zsh and fish look', async () => {
    expect((await install(['fish', '--install', '-y'])).code).toBe(0);
    expect(existsSync(join(home, '.config/fish/completions/pubsub.fish'))).toBe(true);
    expect((await install(['zsh', '--install', '-y'], { ZDOTDIR: folder() })).code).toBe(0);
    expect(readFileSync(join(folder(), '.zshrc'), 'utf8')).toContain('zsh/site-functions/_pubsub');
  });

  it('says which shells there are', async () => {
    const { stderr, code } = await install(['tcsh']);
    expect(stderr).toContain('Shells: bash, zsh, fish');
    expect(code).toBe(2);
    expect((await install(['bsh'])).stderr).toContain('Did you mean "bash"?');
    expect((await install([])).stderr).toContain('Which shell');
    expect((await install(['--install'], { SHELL: '/bin/tcsh' })).code).toBe(2);
  });

  it('says what keeps it from writing', async () => {
    const { stderr, code } = await install(['fish', '--install', '-y'], {
      XDG_CONFIG_HOME: join(home, '.bashrc'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain("can't be written");
  });
});
