export { Preview } from './question.entity.js';
