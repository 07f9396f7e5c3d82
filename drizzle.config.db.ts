import { defineConfig } from "drizzle-kit";

/** Makes migrations/db. After `generate`, write STRICT behind each new table: drizzle-kit can't (see migrations/README.md). */
export default defineConfig({
  dialect: "sqlite",
  schema: ["./src/store/config-schema.ts", "./src/store/release-schema.ts", "./src/store/access-schema.ts"],
  out: "./migrations/db",
});
