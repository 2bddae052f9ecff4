import { expect, test } from 'vitest';

import { imageTest } from './image-reference.js';

const [one, other] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

test.for([
  ['nginx', 'docker.io/library/nginx:latest', true],
  ['nginx', 'nginx:1.2', false],
  ['docker.io/library/nginx:1.2', 'nginx:1.2', true],
  ['acme/app:1', 'docker.io/acme/app:1', true],
  ['acme/app:1', 'ghcr.io/acme/app:1', false],
  ['localhost/app:1', 'localhost/app:1', true],
  ['registry.example:5000/app', 'registry.example:5000/app:latest', true],
  ['registry.example:5000/app:1', 'registry.example:5000/app:1', true],
  [one, `ghcr.io/acme/app@${one}`, true],
  [one, `ghcr.io/acme/app:1@${one}`, true],
  [one, `docker-pullable://nginx@${one}`, true],
  [one, one, true],
  [one, `ghcr.io/acme/app@${other}`, false],
  [`ghcr.io/acme/app@${one}`, `ghcr.io/acme/app:7@${one}`, true],
  [`ghcr.io/acme/app@${one}`, `ghcr.io/acme/web@${one}`, false],
  [`ghcr.io/acme/app@${one}`, 'ghcr.io/acme/app:7', false],
  ['ghcr.io/acme/app:1', `ghcr.io/acme/app:1@${one}`, true],
  ['ghcr.io/acme/', 'ghcr.io/acme/app:1', true],
  ['ghcr.io/acme/', 'ghcr.io/acme-evil/app:1', false],
  ['acme/', 'acme/app', true],
  ['acme/', 'ghcr.io/acme/app', false],
  ['docker.io/', 'nginx:1', true],
  ['docker.io/', 'quay.io/x:1', false],
  ['docker.io/nginx:1', 'nginx:1', true],
  ['index.docker.io/library/nginx:1', 'nginx:1', true],
  ['nginx:1', 'registry-1.docker.io/library/nginx:1', true],
  ['nginx:1', 'registry.hub.docker.com/library/nginx:1', true],
  ['registry.example/app:1', 'registry.example:443/app:1', true],
  ['registry.example:80/app:1', 'registry.example/app:1', true],
  ['registry.example/app:1', 'registry.example:5000/app:1', false],
  ['registry.example/app:1', 'Registry.Example/app:1', true],
  ['registry.example/app:1', 'registry.example/app:1.0', false],
  ['registry.example/app:1', `registry.example/app@${one}`, false],
] as const)('"%s" and "%s": %s', ([wanted, image, expected]) => {
  expect(imageTest(wanted)(image)).toBe(expected);
});
