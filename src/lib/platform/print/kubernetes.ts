import type { Secrets } from '../run/secrets.ts';
import { CONTAINER_PORTS, SERVICE_NAMES, type ServiceName } from '../service/names.ts';
import { ENTRYPOINT, isStoring, serviceEnvironment } from './environment.ts';

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const NAMESPACE = 'platform';
const REPLICAS = { least: 3, most: 10 };
/** Per cent of the CPU that is asked for at which replicas are added. */
const CPU_TARGET = 70;
const SECRET = 'platform';

/**
 * The platform as objects of Kubernetes. Postgres, Redis and AWS are yours: `DATABASE_URL` of each service is in the
 * Secret, and the AWS SDK finds its credentials by the ServiceAccount.
 * @param image of the containers. @param secrets the Secret is made from
 */
export function kubernetesObjects(image: string, secrets: Secrets): KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('platform') },
    secretObject(secrets),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata('default-deny'),
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    },
    ...SERVICE_NAMES.flatMap((name) => [
      deployment(name, image),
      service(name),
      scaler(name),
      disruptionBudget(name),
      networkPolicy(name),
    ]),
  ];
}

function metadata(name: string): Record<string, unknown> {
  return { name, namespace: NAMESPACE, labels: labels(name) };
}

function labels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'pubsub-platform' };
}

function secretObject({ services, adminPassword }: Secrets): KubernetesObject {
  const own = SERVICE_NAMES.map((name) => [name, services[name]]);
  const databases = SERVICE_NAMES.filter(isStoring).map((name) => [
    `${name}-database-url`,
    `postgres://${name}:${services[name]}@postgres:5432/${name}`,
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(SECRET),
    type: 'Opaque',
    stringData: {
      ...Object.fromEntries([...own, ...databases]),
      all: own.map(([name, secret]) => `${name}=${secret}`).join(','),
      'admin-password': adminPassword,
    },
  };
}

function deployment(name: ServiceName, image: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: REPLICAS.least,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: {
          labels: labels(name),
          annotations: {
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': String(CONTAINER_PORTS[name].http),
          },
        },
        spec: {
          serviceAccountName: 'platform',
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(name, image)],
        },
      },
    },
  };
}

function container(name: ServiceName, image: string): Record<string, unknown> {
  const { http, grpc } = CONTAINER_PORTS[name];
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 5 });
  return {
    name,
    image,
    command: ENTRYPOINT,
    args: ['platform', 'service', name, '--target', 'aws'],
    env: [
      ...Object.entries(serviceEnvironment(name)).map(([key, value]) => ({ name: key, value })),
      fromSecret('SERVICE_SECRET', name),
      ...(isStoring(name) ? [fromSecret('DATABASE_URL', `${name}-database-url`)] : []),
      ...(name === 'auth'
        ? [fromSecret('SERVICE_SECRETS', 'all'), fromSecret('ADMIN_PASSWORD', 'admin-password')]
        : []),
    ],
    ports: [
      { name: 'http', containerPort: http },
      ...(grpc === undefined ? [] : [{ name: 'grpc', containerPort: grpc }]),
    ],
    startupProbe: { ...probe('/health'), failureThreshold: 30 },
    livenessProbe: probe('/health'),
    readinessProbe: probe('/ready'),
    resources: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { memory: '512Mi' },
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

function fromSecret(name: string, key: string) {
  return { name, valueFrom: { secretKeyRef: { name: SECRET, key } } };
}

function service(name: ServiceName): KubernetesObject {
  const { http, grpc } = CONTAINER_PORTS[name];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ports: [
        { name: 'http', port: http, targetPort: 'http' },
        ...(grpc === undefined ? [] : [{ name: 'grpc', port: grpc, targetPort: 'grpc' }]),
      ],
    },
  };
}

function scaler(name: ServiceName): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: REPLICAS.least,
      maxReplicas: REPLICAS.most,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: CPU_TARGET },
          },
        },
      ],
    },
  };
}

function disruptionBudget(name: ServiceName): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(name),
    spec: { minAvailable: 2, selector: { matchLabels: { 'app.kubernetes.io/name': name } } },
  };
}

/** The gateway is reached by anybody, every other service by the platform and by what scrapes it. */
function networkPolicy(name: ServiceName): KubernetesObject {
  const { http, grpc } = CONTAINER_PORTS[name];
  const ports = [http, ...(grpc === undefined ? [] : [grpc])].map((port) => ({
    protocol: 'TCP',
    port,
  }));
  const ours = { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'pubsub-platform' } } };
  const monitoring = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name),
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
      policyTypes: ['Ingress'],
      ingress: [name === 'gateway' ? { ports } : { from: [ours, monitoring], ports }],
    },
  };
}
