/** The services of the platform, in the order in which people meet them. */
export const SERVICE_NAMES = [
  'gateway',
  'auth',
  'users',
  'products',
  'orders',
  'payments',
  'notifications',
] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Ports that a service has in a container. */
export interface ServicePorts {
  readonly http: number;
  /** Undefined for a service that takes no gRPC calls. */
  readonly grpc?: number;
}

/** Ports of each service in a container. */
export const CONTAINER_PORTS: Readonly<Record<ServiceName, ServicePorts>> = {
  gateway: { http: 8080 },
  auth: { http: 3001 },
  users: { http: 3002, grpc: 4002 },
  products: { http: 3003, grpc: 4003 },
  orders: { http: 3004 },
  payments: { http: 3005, grpc: 4005 },
  notifications: { http: 3006 },
};

/** Services with a database of their own. */
export const STORING_SERVICES: readonly ServiceName[] = SERVICE_NAMES.filter(
  (name) => name !== 'gateway',
);

/** The person who may change products and see everybody's orders, on a new platform. */
export const ADMIN_EMAIL = 'admin@platform.example';
