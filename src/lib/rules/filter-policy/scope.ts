/** What a policy looks at: the value of `FilterPolicyScope`. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';
