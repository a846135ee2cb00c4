// SPDX-License-Identifier: Apache-2.0
// node gitlab.mjs SCHEMA FILE: holds a file for GitLab CI against GitLab's own schema.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { load } from "js-yaml";

const { schema } = await import(process.argv[2]);
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
const valid = ajv.validate(schema, load(readFileSync(process.argv[3], "utf8")));
for (const error of ajv.errors ?? []) console.log(`${error.instancePath}: ${error.message}`);
process.exit(valid ? 0 : 1);
