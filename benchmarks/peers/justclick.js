// One call as JustClick wants it signed: PHP's http_build_query, then MD5 over query, login and secret.
// The bench compares what arrives with the relay's own signing, byte by byte, before it measures anything.
const crypto = require("crypto");

function escaped(text) {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => "%" + mark.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%20/g, "+");
}

function signedBody(lead, login, secret) {
  const pairs = [
    ["rid[0]", "webinar"],
    ["lead_email", lead.email],
    ["lead_name", lead.name],
    ["lead_phone", lead.phone],
  ];
  const query = pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&");
  const hash = crypto.createHash("md5").update(`${query}::${login}::${secret}`).digest("hex");
  return `${query}&hash=${hash}`;
}
