import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import type { EcsContext } from '../context.ts';
import { invalid } from '../errors.ts';
import { activeServiceFor, clusterFor, ownArn, pageOf, servicesOf } from '../lookup.ts';
import type { TaskView } from '../run/runner.ts';
import type { Cluster, Service } from '../state.ts';
import { taskView } from '../views.ts';

interface Found {
  readonly service: Service;
  readonly task: TaskView;
}

function tasksIn(ctx: EcsContext, services: readonly Service[]): Found[] {
  return services.flatMap((service) =>
    (ctx.state.runners.get(service.arn)?.tasks ?? []).map((task) => ({ service, task })),
  );
}

function findTask(ctx: EcsContext, cluster: Cluster, idOrArn: string): Found | undefined {
  return tasksIn(ctx, servicesOf(ctx, cluster)).find(
    ({ task }) => task.arn === idOrArn || task.id === idOrArn,
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
export function listTasks(input: ListTasksRequest, ctx: EcsContext): ListTasksResponse {
  const cluster = clusterFor(ctx, input.cluster);
  const { serviceName, desiredStatus = 'RUNNING', family } = input;
  const services =
    serviceName === undefined
      ? servicesOf(ctx, cluster)
      : [activeServiceFor(ctx, cluster, serviceName)];
  const found = tasksIn(ctx, services).filter(
    ({ task }) =>
      task.desiredStatus === desiredStatus &&
      (family === undefined || task.definitionArn.includes(`/${family}:`)),
  );
  const { items, nextToken } = pageOf(found, input);
  return { taskArns: items.map(({ task }) => task.arn), nextToken };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export function describeTasks(
  { cluster: name, tasks = [] }: DescribeTasksRequest,
  ctx: EcsContext,
): DescribeTasksResponse {
  const cluster = clusterFor(ctx, name);
  if (tasks.length === 0) throw invalid('Tasks cannot be empty.');
  const found = tasks.map((each) => [each, findTask(ctx, cluster, each)] as const);
  return {
    tasks: found.flatMap(([, each]) =>
      each === undefined ? [] : taskView(each.service, each.task),
    ),
    failures: found.flatMap(([each, one]) =>
      one === undefined
        ? {
            arn: each.startsWith('arn:') ? each : ownArn(ctx, `task/${cluster.name}/${each}`),
            reason: 'MISSING',
          }
        : [],
    ),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
export function stopTask(
  { cluster: name, task: named = '', reason = '' }: StopTaskRequest,
  ctx: EcsContext,
): StopTaskResponse {
  const found = findTask(ctx, clusterFor(ctx, name), named);
  if (found === undefined) throw invalid('The referenced task was not found.');
  const { service, task } = found;
  ctx.state.runners.get(service.arn)?.stopTask(task.id, reason);
  return { task: taskView(service, task) };
}
