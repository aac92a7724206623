// Reads the API document with the rules that Redocly recommends; prints what breaks one.

import { createConfig, lint } from "@redocly/openapi-core";

const config = await createConfig({
  extends: ["recommended"],
  rules: {
    // There is no licence to name.
    "info-license": "off",
    // The public keys are for everybody, whatever is asked: there is nothing to refuse.
    "operation-4xx-response": "off",
  },
});
const problems = await lint({ ref: process.argv[2], config });
for (const { ruleId, message, location } of problems) console.log(`${ruleId} at ${location[0]?.pointer}: ${message}`);
process.exit(problems.length === 0 ? 0 : 1);
