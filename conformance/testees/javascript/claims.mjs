// Claims "as in a token": how the suite writes what a verifier returned.
//
// Names that the suite does not know, and members without a value, are left out. Values are not
// touched: a verifier that returns a text for a flag is shown with the text.

/** The members of each grant; those of `tri` keep false. */
const GRANTS = {
  video: {
    plain:
      'roomCreate roomList roomRecord roomAdmin roomJoin room canPublishSources ingressAdmin ' +
      'hidden recorder agent destinationRoom',
    tri:
      'canPublish canSubscribe canPublishData canUpdateOwnMetadata canSubscribeMetrics ' +
      'canManageAgentSession',
  },
  sip: { plain: 'admin call' },
  agent: { plain: 'admin simulationAdmin databaseAdmin dispatchAdmin' },
  inference: { plain: 'perform' },
  observability: { plain: 'write' },
  agentEndpoint: { plain: 'call agentName deployment' },
  agentThread: { plain: 'all scope threadIds list create write read delete' },
};

const PLAIN = ['name', 'kind', 'kindDetails', 'roomPreset', 'sha256', 'metadata', 'attributes'];

const words = (text = '') => text.split(' ').filter(Boolean);

const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is the one that an absent member has. */
function isUnset(value) {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The named members of an object whose values are not left out. */
function picked(from, names, leftOut) {
  const own = names.filter((name) => Object.hasOwn(from, name) && !leftOut(from[name]));
  return Object.fromEntries(own.map((name) => [name, from[name]]));
}

function grant(value, { plain, tri }) {
  if (!isObject(value)) return value;
  const isAbsent = (member) => member === undefined || member === null;
  return { ...picked(value, words(plain), isUnset), ...picked(value, words(tri), isAbsent) };
}

/** The grants of a payload, without the registered claims and `identity`. */
export function asInToken(payload) {
  const claims = picked(payload, PLAIN, isUnset);
  const objects = [...Object.keys(GRANTS), 'roomConfig'];
  for (const [name, value] of Object.entries(picked(payload, objects, (each) => each == null))) {
    claims[name] = name === 'roomConfig' ? value : grant(value, GRANTS[name]);
  }
  return claims;
}
