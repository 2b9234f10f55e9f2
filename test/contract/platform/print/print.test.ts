import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { afterAll, describe, expect, it } from 'vitest';
import { composeFile } from '../../../../src/lib/platform/print/compose.ts';
import { grafanaDashboard } from '../../../../src/lib/platform/print/grafana.ts';
import { kubernetesObjects } from '../../../../src/lib/platform/print/kubernetes.ts';
import {
  prometheusConfig,
  prometheusRules,
} from '../../../../src/lib/platform/print/prometheus.ts';
import { writeYaml } from '../../../../src/lib/platform/print/yaml.ts';
import { platformSecrets } from '../../../../src/lib/platform/run/secrets.ts';
import { SERVICE_NAMES } from '../../../../src/lib/platform/service/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-print-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ...documents: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, writeYaml(documents));
  return path;
}

const MODELS = {
  ...{ Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget },
  ...{ Namespace, Secret, Service, ServiceAccount },
};

describe('Kubernetes objects', () => {
  const objects = kubernetesObjects('registry.example.com/pubsub:1', platformSecrets(folder));

  it.each(objects.map((each) => [`${each.kind} ${String(each.metadata.name)}`, each] as const))(
    'have a valid %s',
    (_, object) => {
      const Model = MODELS[object.kind as keyof typeof MODELS];
      expect(() => new Model(object as never).validate()).not.toThrow();
    },
  );

  it('run three of each service, with probes, and keep secrets out of the containers', () => {
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(SERVICE_NAMES);
    const { adminPassword, services } = platformSecrets(folder);
    for (const each of deployments) {
      expect(each).toMatchObject({ spec: { replicas: 3 } });
      const text = JSON.stringify(each);
      for (const probe of ['/health', '/ready']) expect(text).toContain(probe);
      for (const secret of [adminPassword, ...Object.values(services)]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  it('are refused by the same models where they are wrong', () => {
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    const broken = { ...deployment, spec: { replicas: 'three' } };
    expect(() => new Deployment(broken as never).validate()).toThrow();
  });
});

describe('the Compose file', () => {
  const has = existsSync('/usr/bin/docker-compose');

  it.skipIf(!has)('is read by docker-compose, and needs its secrets', () => {
    const path = file('compose.yaml', composeFile('pubsub'));
    const secrets = Object.fromEntries(
      SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_SECRET`, 'x'.repeat(32)]),
    );
    const read = (env: Record<string, string>): string =>
      execFileSync('docker-compose', ['-f', path, 'config'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const config = read({ ...secrets, ADMIN_PASSWORD: 'correct horse' });
    for (const name of SERVICE_NAMES) expect(config).toContain(`\n  ${name}:\n`);
    expect(() => read(secrets)).toThrow(/ADMIN_PASSWORD/);
  });
});

describe('Prometheus and Grafana', () => {
  const has = existsSync('/usr/bin/promtool');

  it.skipIf(!has)('take the configuration, and the rules beside it', () => {
    file('platform-rules.yml', prometheusRules());
    const path = file('prometheus.yml', prometheusConfig());
    const said = execFileSync('promtool', ['check', 'config', path], { encoding: 'utf8' });
    expect(said).toContain('4 rules found');
    const rules = JSON.parse(JSON.stringify(prometheusRules()));
    rules.groups[0].rules[0].expr = 'up{';
    const broken = file('broken-rules.yml', rules);
    expect(() => execFileSync('promtool', ['check', 'rules', broken], { stdio: 'pipe' })).toThrow();
  });

  it('show each number that the services have', () => {
    const asked = grafanaDashboard().panels.flatMap(({ targets }) =>
      targets.map(({ expr }) => expr),
    );
    for (const name of ['http_requests_total', 'http_request_duration_seconds_bucket']) {
      expect(asked.some((expr) => expr.includes(name))).toBe(true);
    }
  });
});
