/** Names of commands that the rule would make clumsy. */
const exceptions: Record<string, string> = {
  previewTenantUpdate: 'preview',
  getDeletionCertificate: 'certificate',
  consentToLink: 'consent',
  listPolicyRules: 'library',
  getTenantReachability: 'tenant',
  listEmergencyRules: 'emergencies',
};

/**
 * Returns the two words of a command, such as `plans` and `create-version`: the tag of an operation, and its id without
 * the words of the tag. A subordinate resource that is read or listed is named alone: `tenants drift`.
 * @param operationId in camel case, its verb first
 */
export function commandOf(operationId: string, tag: string): [group: string, command: string] {
  const group = tag.replaceAll(' ', '-');
  const [verb = '', ...words] = operationId.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const nouns = new Set(tag.split(' ').flatMap((word) => [word, singular(word), 'event', 'events']));
  const rest = words.filter((word) => !nouns.has(word));
  const isRead = verb === 'get' || verb === 'list';
  const rule = isRead && rest.length > 0 ? rest : [verb, ...rest];
  return [group, exceptions[operationId] ?? rule.join('-')];
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}
