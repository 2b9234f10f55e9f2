import type { Aws } from '../aws/clients.ts';
import { getLogGroup } from '../aws/function-logs.ts';
import { interfacesOf } from '../aws/networks.ts';
import { taggedResources } from '../aws/tagged-resources.ts';
import { AppError } from '../rules/errors.ts';
import type { Deployed, DeployedResource } from './read-deployed.ts';

/** Something that is there after its stack is gone, and the command that deletes it, or shows what to delete. */
export interface Remain {
  readonly name: string;
  readonly command: string;
}

/**
 * Looks for what CloudFormation leaves although it says that a stack is deleted: log groups that something wrote to again,
 * network interfaces, revisions of tasks, snapshots of databases, and anything else that is tagged as the stack's.
 * @param before the deployment as it was. What the target doesn't answer, or forbids, is not looked for.
 */
export async function findRemains(aws: Aws, before: Deployed): Promise<Remain[]> {
  const ids = (type: string) => idsOf(before.resources, type);
  const remains = await Promise.all([
    ifAnswered(async () => {
      const names = ids('AWS::Logs::LogGroup');
      const groups = await Promise.all(names.map((name) => getLogGroup(aws, name)));
      return names
        .filter((_, at) => groups[at] !== undefined)
        .map((name) => remain(name, `aws logs delete-log-group --log-group-name ${name}`));
    }),
    ifAnswered(async () =>
      (await interfacesOf(aws, ids('AWS::EC2::SecurityGroup'))).map((id) =>
        remain(id, `aws ec2 delete-network-interface --network-interface-id ${id}`),
      ),
    ),
    ifAnswered(async () =>
      (await taggedAs(aws, before))
        .filter((arn) => !arn.includes(':task-definition/'))
        .map((arn) => remain(arn, 'aws resourcegroupstaggingapi get-resources (in some minutes)')),
    ),
  ]);
  // CloudFormation makes revisions inactive; they cost nothing, and only this removes them.
  const revisions = ids('AWS::ECS::TaskDefinition').map((arn) =>
    remain(arn, `aws ecs delete-task-definitions --task-definitions ${arn}`),
  );
  // The deletion policy of a database is a snapshot, to which CloudFormation gives a name.
  const snapshots = ids('AWS::RDS::DBInstance').map((id) =>
    remain(
      `the last snapshot of ${id}`,
      `aws rds describe-db-snapshots --db-instance-identifier ${id}`,
    ),
  );
  return [...remains.flat(), ...revisions, ...snapshots];
}

function remain(name: string, command: string): Remain {
  return { name, command };
}

function idsOf(resources: readonly DeployedResource[], wanted: string): string[] {
  return resources.flatMap(({ type, id }) => (type === wanted && id !== '' ? [id] : [])).sort();
}

async function taggedAs(aws: Aws, { name, artifacts }: Deployed): Promise<string[]> {
  const found = await Promise.all(
    [name, artifacts.name].map((stack) =>
      taggedResources(aws, 'aws:cloudformation:stack-name', stack),
    ),
  );
  return found.flat();
}

async function ifAnswered(look: () => Promise<Remain[]>): Promise<Remain[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
