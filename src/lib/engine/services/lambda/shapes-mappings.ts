import { restOperation as operation, type RestOperation } from '../../protocol/rest-json.ts';
import { boolean, integer, list, map, string, structure } from '../../protocol/shape.ts';

const any = structure({});
const settings = {
  FunctionName: string,
  Enabled: boolean,
  BatchSize: integer,
  FilterCriteria: structure({ Filters: list(structure({ Pattern: string })) }),
  MaximumBatchingWindowInSeconds: integer,
  FunctionResponseTypes: list(string),
  ScalingConfig: structure({ MaximumConcurrency: integer }),
  KMSKeyArn: string,
  MetricsConfig: any,
  DestinationConfig: any,
  ProvisionedPollerConfig: any,
};

/** The actions on event source mappings. */
export const mappingOperations: Readonly<Record<string, RestOperation>> = {
  CreateEventSourceMapping: operation(
    { ...settings, EventSourceArn: string, StartingPosition: string, Tags: map(string) },
    ['FunctionName'],
  ),
  GetEventSourceMapping: operation({ UUID: string }, ['UUID']),
  ListEventSourceMappings: operation(
    { Marker: string, MaxItems: integer, EventSourceArn: string, FunctionName: string },
    [],
    {
      query: {
        Marker: 'Marker',
        MaxItems: 'MaxItems',
        EventSourceArn: 'EventSourceArn',
        FunctionName: 'FunctionName',
      },
    },
  ),
  UpdateEventSourceMapping: operation({ ...settings, UUID: string }, ['UUID']),
  DeleteEventSourceMapping: operation({ UUID: string }, ['UUID']),
};
