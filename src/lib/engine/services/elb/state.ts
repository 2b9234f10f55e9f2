import type { Action, Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { Balancers } from './serve/balancers.ts';
import type { HealthCheckSettings } from './serve/health-check.ts';

/** What load balancers, target groups and listeners have in common. Everything is kept in the journal. */
export interface Owned {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly tags: readonly Tag[];
}

export interface LoadBalancer extends Owned {
  readonly name: string;
  /** Milliseconds of the engine's time. */
  readonly createdAt: number;
  /** Where it listens on loopback, as its name says. */
  readonly port: number;
  readonly scheme: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TargetGroup extends Owned {
  readonly name: string;
  readonly port: number;
  /** Empty where none is given. */
  readonly vpcId: string;
  readonly healthCheck: HealthCheckSettings;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Listener extends Owned {
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly actions: readonly Action[];
}

/** Everything Elastic Load Balancing keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface ElbState {
  readonly parts: EngineParts;
  /** By ARN. */
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly targetGroups: Map<string, TargetGroup>;
  readonly listeners: Map<string, Listener>;
  /** What listens, and where it leads; loaded with the first. */
  balancers: Balancers | undefined;
  /** Aborted when the engine ends or begins anew. */
  readonly closed: Closing;
}

const TABLES = {
  loadBalancers: 'elb.load-balancers',
  targetGroups: 'elb.target-groups',
  listeners: 'elb.listeners',
} as const;
type Kind = keyof typeof TABLES;
interface Kinds {
  readonly loadBalancers: LoadBalancer;
  readonly targetGroups: TargetGroup;
  readonly listeners: Listener;
}

/** Makes something known, or puts it in the place of what was there. */
export function store<K extends Kind>(state: ElbState, kind: K, value: Kinds[K]): void {
  (state[kind] as Map<string, Kinds[K]>).set(value.arn, value);
  state.parts.journal.put(TABLES[kind], value.arn, value);
}

export function drop(state: ElbState, kind: Kind, { arn }: Owned): void {
  state[kind].delete(arn);
  state.parts.journal.remove(TABLES[kind], arn);
}

/** Everything of a kind that the journal holds. */
export function restored<K extends Kind>(parts: EngineParts, kind: K): Map<string, Kinds[K]> {
  const values = [...parts.journal.entries(TABLES[kind])].map(({ value }) => value as Kinds[K]);
  return new Map(values.map((value) => [value.arn, value]));
}
