import type { Action } from '../../../action.ts';
import { createCluster, deleteCluster, describeClusters, listClusters } from './clusters.ts';
import {
  createService,
  deleteService,
  describeServices,
  listServices,
  updateService,
} from './services.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import {
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitions,
  registerTaskDefinition,
} from './task-definitions.ts';
import { describeTasks, listTasks, stopTask } from './tasks.ts';

/** ECS's actions by name. */
export const ecsActions: Readonly<Record<string, Action>> = {
  CreateCluster: createCluster,
  CreateService: createService,
  DeleteCluster: deleteCluster,
  DeleteService: deleteService,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeClusters: describeClusters,
  DescribeServices: describeServices,
  DescribeTaskDefinition: describeTaskDefinition,
  DescribeTasks: describeTasks,
  ListClusters: listClusters,
  ListServices: listServices,
  ListTagsForResource: listTagsForResource,
  ListTaskDefinitions: listTaskDefinitions,
  ListTasks: listTasks,
  RegisterTaskDefinition: registerTaskDefinition,
  StopTask: stopTask,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateService: updateService,
};
