/**
 * Joiners in texts: zero width joiners and non-joiners (U+200D, U+200C). Persian and the scripts of India write words with
 * them that are other words without. Everywhere else they cannot be seen. As text of character classes, from Unicode's
 * ArabicShaping.txt and the combining class 9.
 */
const ARABIC = {
  dualJoining:
    '\\u0620\\u0626\\u0628\\u062a-\\u062e\\u0633-\\u063f\\u0641-\\u0647\\u0649\\u064a\\u066e\\u066f\\u0678-\\u0687' +
    '\\u069a-\\u06bf\\u06c1\\u06c2\\u06cc\\u06ce\\u06d0\\u06d1\\u06fa-\\u06fc\\u06ff',
  rightJoining:
    '\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0675-\\u0677\\u0688-\\u0699\\u06c0' +
    '\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5\\u06ee\\u06ef',
  marks: '\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed',
} as const;

const VIRAMAS =
  '\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0f84\\u1039\\u103a\\u1714' +
  '\\u1734\\u17d2\\u1a60\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3\\ua806\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed';

/** Scripts with viramas, of which a letter has to follow. */
const INDIC =
  '\\u0900-\\u0dff\\u0f00-\\u109f\\u1700-\\u17ff\\u1a20-\\u1aaf\\u1b00-\\u1bff\\ua800-\\ua82f\\ua880-\\ua8df' +
  '\\ua930-\\ua9df\\uaae0-\\uaaff\\uabc0-\\uabff';

const { dualJoining, rightJoining, marks } = ARABIC;

/** Joiners that change what is written: the rules CONTEXTJ of RFC 5892, appendix A.1 and A.2, and a letter behind them. */
const FITTING = new RegExp(
  `(?<=[${dualJoining}][${marks}]*)\\u200c(?=[${marks}]*[${dualJoining}${rightJoining}])` +
    `|(?<=[${VIRAMAS}])[\\u200c\\u200d](?=[${INDIC}])`,
  'g',
);

/** Reports whether every joiner of a text is where a script needs it. */
export function joinersFit(text: string): boolean {
  return !/[\u200c\u200d]/.test(text.replaceAll(FITTING, ''));
}
