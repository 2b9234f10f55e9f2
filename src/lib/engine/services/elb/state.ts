import type { Action, Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { KeptResources } from '../kept-resources.ts';
import type { Balancers } from './serve/balancers.ts';
import type { HealthCheckSettings } from './serve/health-check.ts';

/** What load balancers, target groups and listeners have in common. */
interface Owned {
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

/** Everything Elastic Load Balancing keeps. */
export interface ElbState {
  readonly parts: EngineParts;
  readonly loadBalancers: KeptResources<LoadBalancer>;
  readonly targetGroups: KeptResources<TargetGroup>;
  readonly listeners: KeptResources<Listener>;
  /** What listens, and where it leads; loaded with the first. */
  balancers: Balancers | undefined;
  /** Aborted when the engine ends or begins anew. */
  readonly closed: Closing;
}
