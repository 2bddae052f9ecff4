import { type RouteRule, routeRuleSchema } from '#plans';
import { expect, test } from 'vitest';

import { shiftedRules, shiftProblem } from './shift-weights.js';

type Weights = Record<string, number>;

const rule = (...backends: [string, number, number?][]): RouteRule =>
  routeRuleSchema.parse({ backends: backends.map(([service, weight, port = 80]) => ({ service, weight, port })) });
const weights = ({ backends }: RouteRule): Weights =>
  Object.fromEntries(backends.map(({ service, port, weight }) => [`${service}:${port}`, weight]));
const services = { from: 'old', to: 'new', toPort: null };
const shifted = (rules: RouteRule[], weight: number, more: object = {}): Weights[] =>
  shiftedRules(rules, { ...services, ...more }, weight).map(weights);

test('the new service gets its share of the combined weight, and other services keep theirs', () => {
  const rules = [rule(['old', 100]), rule(['old', 30], ['new', 10], ['other', 60]), rule(['other', 100])];
  expect(shifted(rules, 25)).toEqual([
    { 'old:80': 75, 'new:80': 25 },
    { 'old:80': 30, 'new:80': 10, 'other:80': 60 },
    { 'other:80': 100 },
  ]);
  expect(shifted(rules, 100)).toEqual([
    { 'old:80': 0, 'new:80': 100 },
    { 'old:80': 0, 'new:80': 40, 'other:80': 60 },
    { 'other:80': 100 },
  ]);
});

test('every share results in valid rules', () => {
  const rules = [rule(['old', 33], ['other', 67]), rule(['old', 1], ['new', 98], ['other', 1])];
  for (let weight = 1; weight <= 100; weight += 1) {
    for (const each of shiftedRules(rules, services, weight)) {
      expect(routeRuleSchema.safeParse(each).success, `${weight} %`).toBe(true);
    }
  }
});

test('the new service can have a different port', () => {
  expect(shifted([rule(['old', 100])], 50, { toPort: 8080 })).toEqual([{ 'old:80': 50, 'new:8080': 50 }]);
});

test('a route that cannot be shifted has a reason', () => {
  expect(shiftProblem([rule(['old', 100])], services)).toBeNull();
  expect(shiftProblem([rule(['other', 100])], services)).toContain('in no rule');
  expect(shiftProblem([rule(['old', 0], ['other', 100])], services)).toContain('in no rule');
  expect(shiftProblem([rule(['old', 50], ['old', 50, 81])], services)).toContain('more than one port');
  const many = ['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name): [string, number] => [name, 10]);
  expect(shiftProblem([rule(['old', 30], ...many)], services)).toContain('more than 8');
});
