import { DEVICES_ANNOTATION, parameter } from './parameters.js';
import { type Validation } from './policy.js';

const allowed = (resources: string): string =>
  ['requests', 'limits']
    .map(
      (kind) =>
        `${resources}.?${kind}.orValue({}).all(name, name in ['cpu', 'memory', 'ephemeral-storage'] || ` +
        `name in ${parameter(DEVICES_ANNOTATION)}.split(','))`,
    )
    .join(' && ');

/**
 * Gives scarce devices only to plans that name them. A quota can limit a resource by name only, so without this a pod
 * could take every device whose name the plan does not know: extended resources, the DeviceClasses that they stand for
 * (KEP-5004), huge pages.
 */
export const resources: Validation[] = [
  {
    expression: `variables.containers.all(c, ${allowed('c.?resources')}) && ${allowed('object.spec.?resources')}`,
    message: 'Pods can request CPU, memory, ephemeral-storage and the devices of the plan, and nothing else.',
  },
  {
    // Dynamic resource allocation (KEP-4381): claims are not counted by the name of the device.
    expression: 'object.spec.?resourceClaims.orValue([]).size() == 0',
    message: 'Pods must not use resource claims: request devices of the plan in resources.limits.',
  },
];
