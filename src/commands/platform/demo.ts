import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DemoPlatform } from '../../lib/platform/demo/stage.ts';
import { ADMIN_EMAIL } from '../../lib/platform/service/names.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderPlatformDemo, renderPlatformDemoResult } from '../../lib/ui/platform.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { closeTransport, openTransport } from '../transport.ts';
import { bringUp, platformTopology } from './bring-up.ts';
import { stopEngineOf } from './engine.ts';

/** `pubsub platform demo` */
export function defineDemo(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform demo', 'pubsub platform demo --json'],
    'pubsub platform up, to have it for yourself',
  ).action(() => run(command, demo));
}

/** Runs on a platform of its own, in a folder that goes with it. */
async function demo(outer: CommandContext): Promise<ExitCode> {
  const { printer, io } = outer;
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-platform-'));
  const [{ runPlatformDemo }, { startSpanCollector }] = await Promise.all([
    import('../../lib/platform/demo/demo.ts'),
    import('../../lib/platform/demo/span-collector.ts'),
  ]);
  const spans = await startSpanCollector();
  const context = demoContext(outer, folder, spans.url);
  try {
    const result = await runPlatformDemo(
      () => startDemoPlatform(context, spans),
      (event) => {
        for (const line of renderPlatformDemo(event, printer.style)) printer.text(line);
      },
      io.interrupts.stop,
    );
    printer.document(result);
    for (const line of renderPlatformDemoResult(result, printer.style)) printer.text(line);
    return result.ok ? EXIT.done : EXIT.failed;
  } finally {
    await removeDemo(context, folder);
    await spans.close();
  }
}

/** The settings of the demo's own place: its state folder, its names, and where its traces go. */
function demoContext(outer: CommandContext, folder: string, spansUrl: string): CommandContext {
  const env = {
    ...outer.io.env,
    XDG_STATE_HOME: folder,
    // Its story begins with nobody: on a server that is given there may be people already.
    DATABASE_URL: undefined,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: spansUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '500',
  };
  const { settings } = outer;
  const isOwnEngine = settings.target.kind === 'local';
  const prefix = isOwnEngine ? settings.prefix : `demo-${randomBytes(3).toString('hex')}`;
  return {
    ...outer,
    io: { ...outer.io, env },
    settings: { ...settings, env, prefix, stateDir: join(folder, 'pubsub') },
  };
}

async function startDemoPlatform(
  context: CommandContext,
  spans: DemoPlatform['spans'],
): Promise<DemoPlatform> {
  const { stateDir } = context.settings;
  const [{ readPlatform }, { endAtOnce }, { platformSecrets }, { createShop }] = await Promise.all([
    import('../../lib/platform/run/record.ts'),
    import('../../lib/platform/run/processes.ts'),
    import('../../lib/platform/run/secrets.ts'),
    import('../../lib/platform/demo/shop-client.ts'),
  ]);
  const bring = () => bringUp(context, { port: 0, enginePort: 0 });
  const { url, services } = await bring();
  const addressOf = (name: string) => services.find((service) => service.name === name)?.url;
  return {
    url: url ?? '',
    shop: createShop(url ?? ''),
    spans,
    admin: { email: ADMIN_EMAIL, password: platformSecrets(stateDir).adminPassword },
    metrics: async (name) => (await fetch(`${addressOf(name)}/metrics`)).text(),
    kill: async (name) => {
      const record = readPlatform(stateDir);
      const service = record?.services.find((each) => each.name === name);
      if (record && service) await endAtOnce(service, record.instance);
    },
    revive: async () => {
      await bring();
    },
  };
}

/** Ends every process of the demo, takes away what it made on another target, and deletes its folder. */
async function removeDemo(context: CommandContext, folder: string): Promise<void> {
  const { stateDir, target } = context.settings;
  const [{ readPlatform }, { stopPlatform }] = await Promise.all([
    import('../../lib/platform/run/record.ts'),
    import('../../lib/platform/run/down.ts'),
  ]);
  try {
    const record = readPlatform(stateDir);
    if (record !== undefined) await stopPlatform(stateDir, record);
    if (target.kind !== 'local') {
      const topology = await platformTopology(context);
      const transport = await openTransport(context);
      const options = { includeUntagged: false };
      await transport.cleanUp(topology, await transport.findRemains(topology, options), options);
    }
    await closeTransport(context);
  } finally {
    if (target.kind === 'local') await stopEngineOf(stateDir);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
