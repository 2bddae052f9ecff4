import { z } from 'zod';

/** Key of a tenant's label. Labels follow the rules of Kubernetes, so that they can become Kubernetes labels. */
export const labelKey = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, {
    error:
      'A key must be at most 63 letters, digits, dots, hyphens and underscores, begin and end with a letter or digit, ' +
      'and can have a prefix such as "example.com/".',
  })
  .meta({ maxLength: 317 });

/** Value of a tenant's label. */
export const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, {
    error:
      'A value must be at most 63 letters, digits, dots, hyphens and underscores, and begin and end with a letter or ' +
      'digit.',
  })
  .meta({ maxLength: 63 });

/** Whether a tenant can have these labels. */
export const atMost64 = (labels: object): boolean => Object.keys(labels).length <= 64;
