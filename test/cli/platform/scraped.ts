import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePort, quit } from '../../fixtures/postgres.ts';

const PROGRAM = 'prometheus';

/** Why nobody scrapes here; undefined where Prometheus is installed. */
export const prometheusMissing: string | undefined = (process.env.PATH ?? '')
  .split(':')
  .some((folder) => existsSync(join(folder, PROGRAM)))
  ? undefined
  : 'no Prometheus is installed here';

interface Config {
  scrape_configs: {
    static_configs: { targets: string[]; labels: { service: string } }[];
  }[];
}

/** A Prometheus that scrapes services by the printed files. */
export interface TestPrometheus {
  /** The values of a query, by the label `service`. */
  query(expression: string): Promise<Record<string, string>>;
  /** The health of each rule, by its name. */
  rules(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts Prometheus with the printed files; only where services answer is put in.
 * @param addresses of services, by name, such as `127.0.0.1:4000`
 */
export async function startPrometheus(
  printed: { readonly config: string; readonly rules: string },
  addresses: Readonly<Record<string, string>>,
): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-prometheus-'));
  const config = parse(printed.config) as Config;
  for (const { static_configs } of config.scrape_configs) {
    for (const each of static_configs) each.targets = [addresses[each.labels.service] ?? ''];
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  writeFileSync(join(folder, 'platform-rules.yml'), printed.rules);
  const port = await freePort();
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
    // biome-ignore lint/suspicious/noExplicitAny: Prometheus' own answers
    return answer?.ok ? ((await answer.json()) as any).data : undefined;
  };
  const labelled = (rows: [string, string][] = []) => Object.fromEntries(rows);
  return {
    query: async (expression) => {
      const data = await get(`query?query=${encodeURIComponent(expression)}`);
      return labelled(
        data?.result.map(
          ({ metric, value }: { metric: { service: string }; value: [number, string] }) => [
            metric.service,
            value[1],
          ],
        ),
      );
    },
    rules: async () => {
      const data = await get('rules');
      return labelled(
        data?.groups.flatMap(({ rules }: { rules: { name: string; health: string }[] }) =>
          rules.map(({ name, health }) => [name, health]),
        ),
      );
    },
    stop: async () => {
      await quit(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until Prometheus has scraped every service and evaluated every rule. */
export async function expectScraped(
  prometheus: TestPrometheus,
  services: readonly string[],
): Promise<void> {
  const up = Object.fromEntries(services.map((name) => [name, '1']));
  await expect.poll(() => prometheus.query('up{job="platform"}')).toEqual(up);
  await expect
    .poll(() => prometheus.rules())
    .toEqual({ ServiceDown: 'ok', ManyErrors: 'ok', SlowAnswers: 'ok', CircuitOpen: 'ok' });
}
