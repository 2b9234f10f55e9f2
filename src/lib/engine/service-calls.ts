import { randomUUID } from 'node:crypto';
import { noFaults } from './http/fault-injector.ts';
import type { Identity } from './identity.ts';
import { innerContext } from './inner-context.ts';
import type { EngineParts } from './parts.ts';
import { checkPermissions } from './permissions/check.ts';
import type { RoleParts } from './permissions/role-refusal.ts';
import type { CalledService, ServiceCaller, ServicesPort } from './ports.ts';
import { withLocalApis } from './services/apigateway/serve/address.ts';
import type { ApiGatewayState } from './services/apigateway/state.ts';
import { callTables } from './services/dynamodb/serve.ts';
import type { TableProcess } from './services/dynamodb/table-process.ts';
import { findRoute, type Services } from './services/index.ts';
import { releaseQueueName } from './services/sqs/release-name.ts';
import { addSystemTags, type TaggedServices } from './system-tags.ts';

const USER_AGENT = 'cloudformation.amazonaws.com';

/** What calls within the engine need of it. */
export interface CallingParts
  extends Pick<EngineParts, 'clock' | 'journal' | 'faults'>,
    RoleParts,
    TaggedServices,
    Readonly<Record<Exclude<CalledService, 'dynamodb' | keyof TaggedServices>, object>> {
  readonly tables: TableProcess;
  readonly apigateway: ApiGatewayState;
}

/** Calls of the engine's services within its own process. @param parts as they are at the time of a call. */
export function serviceCalls(parts: () => CallingParts, services: Services): ServicesPort {
  return {
    async call(caller, service, action, input) {
      const engine = parts();
      const identity = identityOf(caller, service);
      if (service === 'dynamodb') {
        const { tables, faults, clock } = engine;
        const now = clock.timestamp();
        // Faults are those of clients' calls: CloudFormation tries again until it gets through.
        const calm = { ...noFaults, denies: faults.denies };
        const requestId = randomUUID();
        return callTables({ tables, faults: calm, now, identity, requestId }, action, input);
      }
      const found = services[service];
      const route = findRoute(found, action);
      const given = input as Record<string, unknown>;
      found.require(route.operation.input, given);
      if (identity.policy !== undefined || engine.faults.denies !== undefined) {
        checkPermissions(engine, identity, route, given, caller.sourceIp);
      }
      const context = innerContext(engine, engine[service], caller, USER_AGENT);
      return await route.run(input as never, context as never);
    },
    addSystemTags: (arn, tags) => addSystemTags(parts(), arn, tags),
    releaseQueueName: (queueArn) => releaseQueueName(parts().sqs, queueArn),
    withLocalUrls: (text, baseUrl) =>
      withLocalApis(text, (apiId) => parts().apigateway.apis.has(apiId), baseUrl),
  };
}

function identityOf(caller: ServiceCaller, service: string): Identity {
  const { account, region, accessKeyId, principalArn, userId, sessionPolicy } = caller;
  const policy = sessionPolicy === undefined ? {} : { policy: sessionPolicy };
  const expires = Number.POSITIVE_INFINITY;
  return { account, region, accessKeyId, principalArn, userId, service, expires, ...policy };
}
