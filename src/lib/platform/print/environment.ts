import {
  ADMIN_EMAIL,
  CONTAINER_PORTS,
  SERVICE_NAMES,
  type ServiceName,
  STORING_SERVICES,
} from '../service/names.ts';

/** Where a container finds its service's program, which the image's own entry point doesn't start. */
export const ENTRYPOINT = ['node', '/app/bin/pubsub.js'];

/** What every container of a service has in its environment, besides secrets. */
export function serviceEnvironment(name: ServiceName): Record<string, string> {
  const { http, grpc } = CONTAINER_PORTS[name];
  const peers = SERVICE_NAMES.flatMap((peer): [string, string][] => {
    const ports = CONTAINER_PORTS[peer];
    const variable = peer.toUpperCase();
    return [
      [`${variable}_URL`, `http://${peer}:${ports.http}`],
      ...(ports.grpc === undefined
        ? []
        : [[`${variable}_GRPC_URL`, `http://${peer}:${ports.grpc}`] as [string, string]]),
    ];
  });
  return {
    HOST: '0.0.0.0',
    PORT: String(http),
    ...(grpc !== undefined && { GRPC_PORT: String(grpc) }),
    ...Object.fromEntries(peers),
    REDIS_URL: 'redis://redis:6379',
    ...(name === 'auth' && { ADMIN_EMAIL, PUBLIC_URL: 'http://localhost:8080' }),
  };
}

/** Whether a service keeps data. */
export function isStoring(name: ServiceName): boolean {
  return STORING_SERVICES.includes(name);
}

/** The variable that holds a service's client secret where all of them are at hand. */
export function secretVariable(name: ServiceName): string {
  return `${name.toUpperCase()}_SECRET`;
}
