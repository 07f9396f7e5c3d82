import { siteFileSchema } from "../../core/config/json-schema.ts";
import { type Command, exitCodes } from "../command.ts";

/** `caramel schema`: the JSON Schema that editors complete and check configuration files with. */
export const schema: Command = {
  name: "schema",
  usage: "",
  about: "print the JSON Schema of configuration files, for editors",
  details: [
    "It is kept in docs/caramel.schema.json. Editors use it when a file begins with:",
    "  # yaml-language-server: $schema=../docs/caramel.schema.json",
  ],
  operands: [0, 0],
  options: [],
  run: async (_, { terminal }) => {
    terminal.out(JSON.stringify(siteFileSchema(), null, 2));
    return exitCodes.ok;
  },
};
