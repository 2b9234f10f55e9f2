import type { Action } from '../action.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
} from './actions/change-message-visibility.ts';
import { createQueueAction } from './actions/create-queue.ts';
import { deleteMessage, deleteMessageBatch } from './actions/delete-message.ts';
import { deleteQueue } from './actions/delete-queue.ts';
import { getQueueUrl, listDeadLetterSourceQueues, listQueues } from './actions/list-queues.ts';
import {
  cancelMessageMoveTask,
  listMessageMoveTasks,
  startMessageMoveTask,
} from './actions/message-move-tasks.ts';
import { addPermission, removePermission } from './actions/permissions.ts';
import { purgeQueue } from './actions/purge-queue.ts';
import { getQueueAttributes, setQueueAttributes } from './actions/queue-attributes.ts';
import { listQueueTags, tagQueue, untagQueue } from './actions/queue-tags.ts';
import { receiveMessage } from './actions/receive-message.ts';
import { sendMessage, sendMessageBatch } from './actions/send-message.ts';

/** The service's actions by name. */
export const sqsActions: Readonly<Record<string, Action>> = {
  AddPermission: addPermission,
  CancelMessageMoveTask: cancelMessageMoveTask,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueueAction,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListMessageMoveTasks: listMessageMoveTasks,
  ListQueueTags: listQueueTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  RemovePermission: removePermission,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  StartMessageMoveTask: startMessageMoveTask,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
};
