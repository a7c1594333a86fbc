// Node-RED without an editor and without anything that asks the network; all its data in the folder that is given.
const fs = require("fs");
const path = require("path");

const source = fs.readFileSync(path.join(__dirname, "..", "justclick.js"), "utf8");
const signedBody = new Function("require", `${source}; return signedBody;`)(require);

module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.PORT),
  userDir: process.env.FOLDER,
  flowFile: path.join(__dirname, "flow.json"),
  readOnly: true,
  httpAdminRoot: false,
  telemetry: { enabled: false, updateNotification: false },
  functionGlobalContext: {
    signedBody,
    login: process.env.JUSTCLICK_LOGIN,
    secret: process.env.JUSTCLICK_SECRET,
    url: process.env.JUSTCLICK_URL,
  },
  logging: { console: { level: "warn", metrics: false, audit: false } },
};
