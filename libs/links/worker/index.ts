export { hasUnrecordedLinks } from './link-rows.js';
export { linksAfterPass } from './links-after-pass.js';
export { LinksWorkerModule } from './links-worker.module.js';
