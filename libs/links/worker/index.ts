export { LinkDriver } from './link-driver.js';
export { hasUnseenLinks, lookSoon, noteStanding } from './link-rows.js';
export { LinksWorkerModule } from './links-worker.module.js';
