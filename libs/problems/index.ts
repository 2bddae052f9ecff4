export { DomainError, invalidField, fieldError, type ProblemDetail } from './domain-error.js';
export { type Answer, type AnsweredError } from './answer.js';
export { classify, type Failure, INTERNAL_ERROR } from './failure.js';
export { problemTitles, type ProblemCode } from './problem-code.js';
