import {
  boolean,
  integer,
  list,
  type Operation,
  type StructureShape,
  string,
  structure,
  timestamp,
} from '../../protocol/shape.ts';
import type { CloudFormationAction } from './actions/index.ts';

const tags = list(structure({ Key: string, Value: string }, ['Key', 'Value']));
const parameters = list(
  structure({
    ParameterKey: string,
    ParameterValue: string,
    UsePreviousValue: boolean,
    ResolvedValue: string,
  }),
);
const rollbackConfiguration = structure({
  RollbackTriggers: list(structure({ Arn: string, Type: string }, ['Arn', 'Type'])),
  MonitoringTimeInMinutes: integer,
});
const page = { NextToken: string };
const byStack = { StackName: string };
const template = { TemplateBody: string, TemplateURL: string };
const asked = {
  ...byStack,
  ...template,
  UsePreviousTemplate: boolean,
  Parameters: parameters,
  Capabilities: list(string),
  ResourceTypes: list(string),
  RoleARN: string,
  RollbackConfiguration: rollbackConfiguration,
  NotificationARNs: list(string),
  Tags: tags,
  StackPolicyBody: string,
  StackPolicyURL: string,
  ClientRequestToken: string,
};
const stackDrift = structure({ StackDriftStatus: string, LastCheckTimestamp: timestamp });
const resource = {
  LogicalResourceId: string,
  PhysicalResourceId: string,
  ResourceType: string,
  ResourceStatus: string,
  ResourceStatusReason: string,
  DriftInformation: structure({ StackResourceDriftStatus: string, LastCheckTimestamp: timestamp }),
};
const stack = structure({
  StackId: string,
  StackName: string,
  ChangeSetId: string,
  Description: string,
  Parameters: parameters,
  CreationTime: timestamp,
  DeletionTime: timestamp,
  LastUpdatedTime: timestamp,
  RollbackConfiguration: rollbackConfiguration,
  StackStatus: string,
  StackStatusReason: string,
  DisableRollback: boolean,
  NotificationARNs: list(string),
  TimeoutInMinutes: integer,
  Capabilities: list(string),
  Outputs: list(
    structure({ OutputKey: string, OutputValue: string, Description: string, ExportName: string }),
  ),
  RoleARN: string,
  Tags: tags,
  EnableTerminationProtection: boolean,
  DriftInformation: stackDrift,
});
const propertyChange = structure({
  Target: structure({
    Attribute: string,
    Name: string,
    RequiresRecreation: string,
    Path: string,
    BeforeValue: string,
    AfterValue: string,
    AttributeChangeType: string,
  }),
  Evaluation: string,
  ChangeSource: string,
  CausingEntity: string,
});
const change = structure({
  Type: string,
  ResourceChange: structure({
    PolicyAction: string,
    Action: string,
    LogicalResourceId: string,
    PhysicalResourceId: string,
    ResourceType: string,
    Replacement: string,
    Scope: list(string),
    Details: list(propertyChange),
  }),
});
const changeSet = {
  ChangeSetName: string,
  ChangeSetId: string,
  StackId: string,
  StackName: string,
  Description: string,
  CreationTime: timestamp,
  ExecutionStatus: string,
  Status: string,
  StatusReason: string,
  IncludeNestedStacks: boolean,
};
const declaredParameter = {
  ParameterKey: string,
  DefaultValue: string,
  NoEcho: boolean,
  Description: string,
};
const summary = {
  Description: string,
  Capabilities: list(string),
  CapabilitiesReason: string,
  DeclaredTransforms: list(string),
};

const SHAPES: Readonly<Record<CloudFormationAction, readonly [StructureShape, StructureShape?]>> = {
  ContinueUpdateRollback: [
    structure(
      {
        ...byStack,
        RoleARN: string,
        ResourcesToSkip: list(string),
        ClientRequestToken: string,
      },
      ['StackName'],
    ),
    structure({}),
  ],
  CreateChangeSet: [
    structure(
      {
        ...asked,
        ChangeSetName: string,
        ClientToken: string,
        Description: string,
        ChangeSetType: string,
        IncludeNestedStacks: boolean,
        OnStackFailure: string,
        ImportExistingResources: boolean,
        DeploymentMode: string,
      },
      ['StackName', 'ChangeSetName'],
    ),
    structure({ Id: string, StackId: string }),
  ],
  CreateStack: [
    structure(
      {
        ...asked,
        DisableRollback: boolean,
        TimeoutInMinutes: integer,
        OnFailure: string,
        EnableTerminationProtection: boolean,
        RetainExceptOnCreate: boolean,
      },
      ['StackName'],
    ),
    structure({ StackId: string }),
  ],
  DeleteChangeSet: [
    structure({ ChangeSetName: string, ...byStack }, ['ChangeSetName']),
    structure({}),
  ],
  DeleteStack: [
    structure(
      {
        ...byStack,
        RetainResources: list(string),
        RoleARN: string,
        ClientRequestToken: string,
        DeletionMode: string,
      },
      ['StackName'],
    ),
  ],
  DescribeChangeSet: [
    structure({ ChangeSetName: string, ...byStack, ...page, IncludePropertyValues: boolean }, [
      'ChangeSetName',
    ]),
    structure({
      ...changeSet,
      Parameters: parameters,
      NotificationARNs: list(string),
      RollbackConfiguration: rollbackConfiguration,
      Capabilities: list(string),
      Tags: tags,
      Changes: list(change),
      ...page,
      OnStackFailure: string,
    }),
  ],
  DescribeStackEvents: [
    structure({ ...byStack, ...page }, ['StackName']),
    structure({
      StackEvents: list(
        structure({
          StackId: string,
          EventId: string,
          StackName: string,
          LogicalResourceId: string,
          PhysicalResourceId: string,
          ResourceType: string,
          Timestamp: timestamp,
          ResourceStatus: string,
          ResourceStatusReason: string,
          ResourceProperties: string,
          ClientRequestToken: string,
        }),
      ),
      ...page,
    }),
  ],
  DescribeStackResource: [
    structure({ ...byStack, LogicalResourceId: string }, ['StackName', 'LogicalResourceId']),
    structure({
      StackResourceDetail: structure({
        StackName: string,
        StackId: string,
        ...resource,
        LastUpdatedTimestamp: timestamp,
        Metadata: string,
      }),
    }),
  ],
  DescribeStackResources: [
    structure({ ...byStack, LogicalResourceId: string, PhysicalResourceId: string }),
    structure({
      StackResources: list(
        structure({ StackName: string, StackId: string, ...resource, Timestamp: timestamp }),
      ),
    }),
  ],
  DescribeStacks: [structure({ ...byStack, ...page }), structure({ Stacks: list(stack), ...page })],
  ExecuteChangeSet: [
    structure(
      {
        ChangeSetName: string,
        ...byStack,
        ClientRequestToken: string,
        DisableRollback: boolean,
        RetainExceptOnCreate: boolean,
      },
      ['ChangeSetName'],
    ),
    structure({}),
  ],
  GetTemplate: [
    structure({ ...byStack, ChangeSetName: string, TemplateStage: string }),
    structure({ TemplateBody: string, StagesAvailable: list(string) }),
  ],
  GetTemplateSummary: [
    structure({ ...template, ...byStack, StackSetName: string, CallAs: string }),
    structure({
      Parameters: list(
        structure({
          ...declaredParameter,
          ParameterType: string,
          ParameterConstraints: structure({ AllowedValues: list(string) }),
        }),
      ),
      ...summary,
      ResourceTypes: list(string),
      Version: string,
      Metadata: string,
    }),
  ],
  ListChangeSets: [
    structure({ ...byStack, ...page }, ['StackName']),
    structure({ Summaries: list(structure(changeSet)), ...page }),
  ],
  ListExports: [
    structure(page),
    structure({
      Exports: list(structure({ ExportingStackId: string, Name: string, Value: string })),
      ...page,
    }),
  ],
  ListImports: [
    structure({ ExportName: string, ...page }, ['ExportName']),
    structure({ Imports: list(string), ...page }),
  ],
  ListStackResources: [
    structure({ ...byStack, ...page }, ['StackName']),
    structure({
      StackResourceSummaries: list(structure({ ...resource, LastUpdatedTimestamp: timestamp })),
      ...page,
    }),
  ],
  ListStacks: [
    structure({ ...page, StackStatusFilter: list(string) }),
    structure({
      StackSummaries: list(
        structure({
          StackId: string,
          StackName: string,
          TemplateDescription: string,
          CreationTime: timestamp,
          LastUpdatedTime: timestamp,
          DeletionTime: timestamp,
          StackStatus: string,
          StackStatusReason: string,
          DriftInformation: stackDrift,
        }),
      ),
      ...page,
    }),
  ],
  UpdateStack: [
    structure({ ...asked, DisableRollback: boolean, RetainExceptOnCreate: boolean }, ['StackName']),
    structure({ StackId: string }),
  ],
  UpdateTerminationProtection: [
    structure({ EnableTerminationProtection: boolean, ...byStack }, [
      'EnableTerminationProtection',
      'StackName',
    ]),
    structure({ StackId: string }),
  ],
  ValidateTemplate: [
    structure(template),
    structure({ Parameters: list(structure(declaredParameter)), ...summary }),
  ],
};

/** The actions of CloudFormation (API version 2010-05-15) that the engine answers, with their shapes. */
export const cloudFormationOperations: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(SHAPES).map(([name, [input, output]]) => [
    name,
    output === undefined
      ? { input, output: structure({}) }
      : { input, output, resultWrapper: `${name}Result` },
  ]),
);
