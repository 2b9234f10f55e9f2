import { createAws } from '../aws/clients.ts';
import { identify } from '../aws/identity.ts';
import type { Settings } from '../config/settings.ts';
import { DEFAULT_REGION } from '../config/settings.ts';
import { SERVICES, type Service } from '../config/target.ts';
import { fixLine } from '../diagnose/doctor/fix-line.ts';
import {
  type FromPageProcess,
  PASSED_HEADER,
  type ToPageProcess,
} from '../process/page-protocol.ts';
import { shellWord } from '../rules/text/command-words.ts';
import { openDashboard } from './open-dashboard.ts';
import { readTopology } from './tagged-topology.ts';
import type { DashboardTarget } from './target.ts';

declare const PUBSUB_VERSION: string;

/**
 * The page of an engine as a process of its own: a busy page never slows the engine. Started by the engine with a
 * channel, and gone when that closes, however the engine ends.
 */
async function serve(told: ToPageProcess): Promise<void> {
  const { endpoint, engineToken, session, secret, isLocal } = told;
  const settings = settingsFor(told);
  const aws = await createAws(settings);
  const identity = await identify(aws);
  const at = isLocal ? '' : ` --endpoint-url ${shellWord(endpoint)}`;
  const pubsub = (words: string): string => `pubsub ${words}${at}`;
  const target: DashboardTarget = {
    aws,
    identity: isLocal ? { ...identity, target: 'local' } : identity,
    topology: () => readTopology({ aws, identity }),
    stateDir: settings.stateDir,
    commands: {
      pubsub: (...words) => pubsub(words.map(shellWord).join(' ')),
      fix: (fix) => fixLine(fix, { settings, identity, pubsub }),
    },
  };
  const access = {
    token: session,
    readsNeedToken: false,
    writesAllowed: true,
    command: engineToken === undefined && isLocal ? 'pubsub local status' : pubsub('ui'),
    version: PUBSUB_VERSION,
  };
  const { port } = await openDashboard(target, access, {
    port: 0,
    passedBy: { header: PASSED_HEADER, secret },
    onBug: () => undefined,
  });
  tell({ kind: 'ready', port });
}

function tell(message: FromPageProcess, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

/** Settings that lead to the engine, whatever the user's files and variables say. */
function settingsFor({ endpoint, engineToken, stateDir = '' }: ToPageProcess): Settings {
  const endpoints = Object.fromEntries(SERVICES.map((each) => [each, endpoint]));
  return {
    target: { kind: 'endpoint', ...(endpoints as Record<Service, string>) },
    region: DEFAULT_REGION,
    profile: undefined,
    topology: '',
    project: { path: '', written: {} },
    prefix: '',
    stateDir,
    configDir: '',
    env: engineToken === undefined ? {} : { PUBSUB_TOKEN: engineToken },
  };
}

process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches the whole group: the engine ends first, and this process with it.
process.on('SIGINT', () => undefined);
process.once('message', (told: ToPageProcess) => {
  serve(told).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', message }, () => process.exit(1));
  });
});
