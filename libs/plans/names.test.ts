import { describe, expect, test } from 'vitest';

import { environmentNameSchema, namespaceName, slugSchema } from './names.js';

describe('names', () => {
  test('give the main environment the tenant’s own namespace', () => {
    expect(namespaceName('acme', 'main')).toBe('tn-acme');
    expect(namespaceName('acme', 'staging')).toBe('tn-acme-staging');
  });

  test('never make a namespace longer than Kubernetes allows', () => {
    const [slug, environment] = ['a'.repeat(40), 'b'.repeat(19)];
    expect(slugSchema.safeParse(slug).success).toBe(true);
    expect(environmentNameSchema.safeParse(environment).success).toBe(true);
    expect(namespaceName(slug, environment).length).toBeLessThanOrEqual(63);
  });

  test.each(['a', 'acme', 'a-1', 'a--b'])('%s is a slug', (slug) => {
    expect(slugSchema.safeParse(slug).success).toBe(true);
  });

  test.each(['', '1a', '-a', 'a-', 'A', 'a_b', 'a.b', 'ä', 'a\n', 'a'.repeat(41)])('%j is not a slug', (slug) => {
    expect(slugSchema.safeParse(slug).success).toBe(false);
  });

  test.each(['', 'Main', '-a', 'a-', 'a b', 'a'.repeat(20)])('%j is not an environment name', (name) => {
    expect(environmentNameSchema.safeParse(name).success).toBe(false);
  });
});
