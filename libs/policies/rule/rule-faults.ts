import { faultOfGroup, faultOfKind, faultOfResource } from './kubernetes-kinds.js';

/** What is wrong with part of a rule, and where. */
export interface RuleFault {
  path: (string | number)[];
  message: string;
}

/** Words that CEL keeps for itself (language definition of CEL, RESERVED). */
const reserved = [
  ...['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop'],
  ...['namespace', 'null', 'package', 'return', 'true', 'var', 'void', 'while'],
];

/** What is wrong with the names of variables in CEL: the API server refuses policies with such names. */
export function faultsOfVariables(variables: readonly { name: string }[]): RuleFault[] {
  return variables.flatMap(({ name }, index): RuleFault[] => {
    const message = faultOfVariable(name, variables.slice(0, index));
    return message === null ? [] : [{ path: [index, 'name'], message }];
  });
}

function faultOfVariable(name: string, earlier: readonly { name: string }[]): string | null {
  if (!/^[A-Za-z_]\w{0,62}$/.test(name)) {
    return 'Must be a letter or underscore, followed by at most 62 letters, digits and underscores.';
  }
  if (name === 'parameters') return 'The variable "parameters" has the parameters of the policy.';
  if (reserved.includes(name)) return `"${name}" is a reserved word of CEL.`;
  return earlier.some((each) => each.name === name) ? `"${name}" is defined twice.` : null;
}

/**
 * What is wrong with a rule of a `match` in CEL: what the API server refuses (kubernetes, `pkg/apis/
 * admissionregistration/validation`, `validateRule`), and names that can never match.
 */
export function faultsOfResources({
  apiGroups,
  resources,
  operations,
}: {
  apiGroups: readonly string[];
  resources: readonly string[];
  operations: readonly string[];
}): RuleFault[] {
  const faults = faultsOfGroups(apiGroups);
  resources.forEach((resource, index) => {
    const message = faultBeside(resource, resources, index) ?? faultOfResource(resource, apiGroups, operations);
    if (message !== null) faults.push({ path: ['resources', index], message });
  });
  return faults;
}

/** What is wrong with a rule of a `match` in Rego: names that can never match. */
export function faultsOfKinds({
  apiGroups,
  kinds,
}: {
  apiGroups: readonly string[];
  kinds: readonly string[];
}): RuleFault[] {
  const faults = faultsOfGroups(apiGroups);
  kinds.forEach((kind, index) => {
    const message = kind === '' ? 'Must not be empty.' : faultOfKind(kind, apiGroups);
    if (message !== null) faults.push({ path: ['kinds', index], message });
  });
  return faults;
}

function faultsOfGroups(apiGroups: readonly string[]): RuleFault[] {
  return apiGroups.flatMap((group, index): RuleFault[] => {
    const isBeside = group === '*' && apiGroups.length > 1;
    const message = isBeside ? '"*" stands for every group: it must be the only one.' : faultOfGroup(group);
    return message === null ? [] : [{ path: ['apiGroups', index], message }];
  });
}

/** What the API server says of an entry because of the others. */
function faultBeside(entry: string, all: readonly string[], index: number): string | null {
  const [resource = '', part] = entry.split('/');
  if (resource === '' || part === '' || entry.split('/').length > 2) {
    return 'Must be a plural name, such as "pods", or one with a subresource, such as "deployments/scale".';
  }
  const others = all.filter((_, other) => other !== index);
  if (entry === '*/*' && others.length > 0) return '"*/*" stands for everything: it must be the only entry.';
  if (entry === '*' && others.some((each) => !each.includes('/'))) {
    return '"*" stands for every resource: others beside it must be subresources.';
  }
  const covers = (each: string): boolean => part !== undefined && (each === `${resource}/*` || each === `*/${part}`);
  const covering = others.find(covers);
  return covering === undefined ? null : `"${covering}" includes "${entry}": only one of them can be listed.`;
}
