import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressGuard } from '../../../http/address-guard.ts';
import { refuse } from '../../../http/listener.ts';
import { forwardRequest, refuseRequest } from './forward.ts';
import { Targets } from './targets.ts';

/** Where a load balancer leads a request, as its listener says. */
export type Leads =
  | {
      readonly kind: 'forward';
      readonly group: string;
      readonly port: number;
      readonly idleMs: number;
    }
  | {
      readonly kind: 'fixed';
      readonly status: number;
      readonly type: string;
      readonly body: string;
    };

const LOOPBACK = '127.0.0.1';
/** How often a port that another program took meanwhile is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** The load balancers that listen, and the targets of all groups. */
export class Balancers {
  readonly #servers = new Map<string, Server>();
  readonly #targets = new Map<string, Targets>();
  /** @param leadsOf what a load balancer does with a request; undefined where it has no listener. */
  readonly #leadsOf: (loadBalancerArn: string) => Leads | undefined;
  #isClosed = false;

  constructor(leadsOf: (loadBalancerArn: string) => Leads | undefined) {
    this.#leadsOf = leadsOf;
  }

  targetsOf(group: string): Targets {
    let targets = this.#targets.get(group);
    if (targets === undefined) {
      targets = new Targets();
      this.#targets.set(group, targets);
    }
    return targets;
  }

  /** Listens on loopback. @param port that it had; 0 for a free one. @returns the port */
  async open(arn: string, port: number): Promise<number> {
    const server = createServer();
    const guard = addressGuard(undefined);
    server.on('request', (request, response) => {
      const foreign = guard(request);
      if (foreign !== undefined) refuse(response, 403, foreign);
      else this.#serve(arn, request, response);
    });
    this.#servers.set(arn, server);
    server.listen(port, LOOPBACK);
    try {
      await once(server, 'listening');
    } catch (error) {
      if (port === 0) throw error;
      // The address that outputs say is worth the wait.
      const timer = setTimeout(() => {
        if (this.#servers.get(arn) === server && !this.#isClosed) void this.open(arn, port);
      }, RETRY_MS);
      timer.unref();
      return port;
    }
    const { port: bound } = server.address() as AddressInfo;
    // It was closed before it listened, which Node doesn't notice.
    if (this.#isClosed || this.#servers.get(arn) !== server) server.close();
    return bound;
  }

  /** Whether a load balancer listens. */
  isOpen(arn: string): boolean {
    return this.#servers.get(arn)?.listening ?? false;
  }

  close(arn: string): void {
    const server = this.#servers.get(arn);
    this.#servers.delete(arn);
    server?.close();
    server?.closeAllConnections();
  }

  dropGroup(group: string): void {
    this.#targets.get(group)?.close();
    this.#targets.delete(group);
  }

  closeAll(): void {
    this.#isClosed = true;
    for (const arn of [...this.#servers.keys()]) this.close(arn);
    for (const group of [...this.#targets.keys()]) this.dropGroup(group);
  }

  #serve(arn: string, request: IncomingMessage, response: ServerResponse): void {
    const leads = this.#leadsOf(arn);
    if (leads === undefined) {
      // Nothing listens at such a port on AWS.
      request.socket.destroy();
      return;
    }
    if (leads.kind === 'fixed') {
      request.resume();
      response.writeHead(leads.status, { server: 'awselb/2.0', 'content-type': leads.type });
      response.end(leads.body);
      return;
    }
    const target = this.targetsOf(leads.group).next();
    if (target === undefined) {
      request.resume();
      refuseRequest(response, 503);
      return;
    }
    forwardRequest(request, response, target, { listenerPort: leads.port, idleMs: leads.idleMs });
  }
}
