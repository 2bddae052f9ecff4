import { loadConfig } from '#config';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { ApiModule } from '../api.module.js';
import { type Contract, contractOf } from './document.js';
import { declaredEndpoints } from './endpoints.js';
import { rolesPage } from './roles-page.js';

/** Describes the API without starting it. */
export async function describedApi(): Promise<Contract> {
  return contractOf(await unstartedApi());
}

/** Returns docs/roles.md. */
export async function rolesText(): Promise<string> {
  const app = await unstartedApi();
  return rolesPage(contractOf(app), declaredEndpoints(app));
}

/** The API without anything that runs: nothing is created or connected. */
function unstartedApi(): Promise<NestFastifyApplication> {
  const config = loadConfig({ DATABASE_URL: 'postgres://localhost/none' });
  return NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config), new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
}

/** The document as it is kept in the repository: a line for each operation and each named part. */
export async function contractText(): Promise<string> {
  return `${lines(await describedApi(), 3)}\n`;
}

/** Writes JSON with the members of the uppermost levels on lines of their own. */
function lines(value: unknown, levels: number, indent = ''): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (levels === 0 || !isObject || Object.keys(value).length === 0) return JSON.stringify(value);
  const inner = `${indent} `;
  const members = Object.entries(value).map(
    ([key, member]) => `${inner}${JSON.stringify(key)}: ${lines(member, levels - 1, inner)}`,
  );
  return `{\n${members.join(',\n')}\n${indent}}`;
}
