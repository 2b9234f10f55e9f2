import type { Data, DataMap } from './data.ts';

/** What may be done to a resource that its stack no longer has. */
export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

export interface ParameterDeclaration {
  readonly type: string;
  /** Of what it stands for: another than `type` where it names a parameter of Systems Manager. */
  readonly valueType: string;
  /** Whether its value is the name of a parameter of Systems Manager. */
  readonly isStored: boolean;
  readonly description: string | undefined;
  readonly defaultValue: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly constraintDescription: string | undefined;
  readonly noEcho: boolean;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
}

/** What has to hold of the parameters before anything is made. */
export interface RuleDeclaration {
  /** When it counts; always where there is none. */
  readonly condition: Data | undefined;
  readonly assertions: readonly DataMap[];
}

export interface ResourceDeclaration {
  readonly type: string;
  readonly properties: DataMap;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata: Data | undefined;
}

export interface OutputDeclaration {
  readonly value: Data;
  readonly description: string | undefined;
  readonly exportName: Data | undefined;
  readonly condition: string | undefined;
}

/** A template whose structure was checked. */
export interface Template {
  readonly description: string | undefined;
  readonly metadata: Data | undefined;
  /** As they are declared; none of them is left to be done. */
  readonly transforms: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly mappings: Readonly<Record<string, DataMap>>;
  readonly conditions: DataMap;
  readonly rules: Readonly<Record<string, RuleDeclaration>>;
  readonly resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}
