export { type NewLink } from './link-proposal.js';
export { linkEnds, linkProblemCodes, type LinkSide, linkSides, linkStates } from './link-status.js';
export { linksWithin, type LinkWithin } from './links-within.js';
export { LinksModule } from './links.module.js';
export { type LinkCaller, LinksService, type LinkStatus } from './links.service.js';
