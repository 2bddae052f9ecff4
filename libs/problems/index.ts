export { DomainError, invalidField, fieldError, type ProblemDetail } from './domain-error.js';
export { problemTitles, type ProblemCode } from './problem-code.js';
