export { Gathered, withinPatience } from './gathered.js';
export { RowDriver } from './row-driver.js';
