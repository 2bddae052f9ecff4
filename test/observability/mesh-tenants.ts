import { namespaceSeries } from './mesh-series.js';

const id = (letter: string): string => `tenant_${letter.repeat(26)}`;

export const [acme, evil, beta, late] = [id('a'), id('e'), id('b'), id('z')];

/** The namespaces of three tenants, as Prometheus knows them. */
export const tenants = [
  namespaceSeries('tn-acme', acme),
  namespaceSeries('tn-acme-staging', acme, { environment: 'staging' }),
  // Its name has another namespace's name as a prefix.
  namespaceSeries('tn-acme-evil', evil),
  namespaceSeries('tn-beta', beta),
];
