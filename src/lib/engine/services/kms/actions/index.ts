import type { Action } from '../../../action.ts';
import { createAlias, deleteAlias, listAliases } from './aliases.ts';
import { getKeyPolicy, putKeyPolicy } from './key-policy.ts';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './key-states.ts';
import { createKey, describeKey, listKeys, listResourceTags } from './keys.ts';

/** KMS's actions by name. */
export const kmsActions: Readonly<Record<string, Action>> = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateKey: createKey,
  DeleteAlias: deleteAlias,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  EnableKey: enableKey,
  GetKeyPolicy: getKeyPolicy,
  ListAliases: listAliases,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  PutKeyPolicy: putKeyPolicy,
  ScheduleKeyDeletion: scheduleKeyDeletion,
};
