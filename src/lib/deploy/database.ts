import { scryptSync } from 'node:crypto';
import { databaseIn, type OrderDatabase, RDS_INSTANCE, type Style } from '../definition/styles.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** The parameter with the URL of a Postgres server: nobody is shown its value. */
export const DATABASE_URL_PARAMETER = 'DatabaseUrl';

/** What a template with that parameter asks for. */
export const DATABASE_URL_PARAMETERS: Readonly<Record<string, Json>> = {
  [DATABASE_URL_PARAMETER]: {
    Type: 'String',
    Description: 'The URL of a Postgres server, with its password.',
    NoEcho: true,
  },
};

/** The parameter that tells one URL from another: tasks, which don't see a secret change, are then replaced. */
const URL_VERSION_PARAMETER = 'DatabaseUrlVersion';
/** Bytes of it. */
const URL_VERSION_BYTES = 4;

/** What a template with services on a server that is given asks for, and what its tasks get of it. */
export const SERVICE_DATABASE = {
  parameters: {
    ...DATABASE_URL_PARAMETERS,
    [URL_VERSION_PARAMETER]: { Type: 'String', Description: 'Tells one URL from another.' },
  },
  environment: { DATABASE_URL_VERSION: { Ref: URL_VERSION_PARAMETER } },
} as const;

/** The parameters of a template whose orders are in the Postgres server of a URL. */
export function databaseUrlParameters(style: Style, url: string): Readonly<Record<string, string>> {
  return {
    [DATABASE_URL_PARAMETER]: url,
    ...(style !== 'serverless' && { [URL_VERSION_PARAMETER]: urlVersion(url) }),
  };
}

/** Plans show it: it is slow to compute, so that nobody tries out by it what the password may be. */
function urlVersion(url: string): string {
  return scryptSync(url, URL_VERSION_PARAMETER, URL_VERSION_BYTES).toString('hex');
}

/** @throws AppError `DatabaseNotDeployable` (exit 2) for a database that a style can't have. */
export function assertDatabase(style: Style, database: OrderDatabase): void {
  if (databaseIn(style, database) === database) return;
  const [why, others] =
    style === 'serverless'
      ? [
          'A function reaches RDS in its network alone, and from there neither SNS nor SQS without a NAT gateway.',
          'dynamodb or --database postgres',
        ]
      : ['As a service the order API keeps orders in Postgres.', 'postgres or --database rds'];
  throw usageError(
    `${style} has no orders in ${database}. ${why}`,
    `Use --database ${others}.`,
    'DatabaseNotDeployable',
  );
}

const PORT = 5432;
/** The database within the server. */
const NAME = 'orders';
/** Logical ids. */
const INSTANCE = 'Database';
const SUBNETS = 'DatabaseSubnets';
const SECURITY_GROUP = 'DatabaseSecurityGroup';
/** The secret that RDS keeps the password in, with the keys `username` and `password`. */
const SECRET_ARN = { 'Fn::GetAtt': [INSTANCE, 'MasterUserSecret.SecretArn'] };

/** How a service gets to the instance: what its environment says, and what comes from secrets. */
export const RDS_CLIENT = {
  // Postgres' own variables say the rest. "require" encrypts; the authorities of RDS are not among those that Node.js knows.
  environment: {
    DATABASE_URL: {
      'Fn::Sub': `postgres://\${${INSTANCE}.Endpoint.Address}:\${${INSTANCE}.Endpoint.Port}/${NAME}?sslmode=require`,
    },
  },
  secrets: {
    PGUSER: { 'Fn::Sub': `\${${INSTANCE}.MasterUserSecret.SecretArn}:username::` },
    PGPASSWORD: { 'Fn::Sub': `\${${INSTANCE}.MasterUserSecret.SecretArn}:password::` },
  },
  secretArns: [SECRET_ARN],
} as const;

/**
 * A small Postgres of Amazon RDS that the order API alone reaches. RDS makes its password and keeps it in Secrets Manager. A
 * deletion leaves a snapshot.
 *
 * @param client logical id of the security group of who uses it.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
 */
export function rdsResources(topology: Topology, client: string): Resources {
  const Tags = tagList(topologyTags(topology));
  return {
    [SUBNETS]: {
      Type: 'AWS::RDS::DBSubnetGroup',
      Properties: {
        DBSubnetGroupDescription: `The order database of ${topology.name}.`,
        SubnetIds: { Ref: 'SubnetIds' },
        Tags,
      },
    },
    [SECURITY_GROUP]: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: `The order database of ${topology.name}: the order API calls it.`,
        SecurityGroupIngress: [
          {
            IpProtocol: 'tcp',
            FromPort: PORT,
            ToPort: PORT,
            SourceSecurityGroupId: { 'Fn::GetAtt': [client, 'GroupId'] },
          },
        ],
        VpcId: { Ref: 'VpcId' },
        Tags,
      },
    },
    [INSTANCE]: {
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      Properties: {
        // The version that RDS takes by default: single ones go out of support.
        Engine: 'postgres',
        DBInstanceClass: RDS_INSTANCE.name,
        DBName: NAME,
        MasterUsername: 'pubsub',
        ManageMasterUserPassword: true,
        AllocatedStorage: String(RDS_INSTANCE.gigabytes),
        MaxAllocatedStorage: 100,
        StorageType: 'gp3',
        StorageEncrypted: true,
        PubliclyAccessible: false,
        DBSubnetGroupName: { Ref: SUBNETS },
        VPCSecurityGroups: [{ 'Fn::GetAtt': [SECURITY_GROUP, 'GroupId'] }],
        BackupRetentionPeriod: 7,
        CopyTagsToSnapshot: true,
        AutoMinorVersionUpgrade: true,
        // A stack that is deleted could not go with it; its snapshot stays.
        DeletionProtection: false,
        Tags,
      },
    },
  };
}
