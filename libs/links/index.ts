export { endLink, type LockedLink, lockLink, tellSides } from './link-changes.js';
export { type NewLink } from './link-proposal.js';
export {
  type LinkProblem,
  linkProblemCodes,
  type LinkResolution,
  type LinkSide,
  linkSides,
  linkEnds,
  linkStates,
} from './link-status.js';
export { Link } from './link.entity.js';
export { linksWithin, type LinkWithin } from './links-within.js';
export { LinksModule } from './links.module.js';
export { type LinkCaller, LinksService, type LinkStatus } from './links.service.js';
