import { expect, test } from "vitest";
import type { Check } from "../../../reconciler/model/check.js";
import { renderDoctor } from "../../../reconciler/report/doctor.js";

const right = (at: string, subject: string): Check => ({
  level: "ok",
  topic: "right",
  subject,
  what: "granted for update, on 3 objects looked at",
  at,
  remedy: null,
});

test("rights that are granted take one line for each container; what is missing keeps its own", () => {
  const missing: Check = { ...right("OU=People", "write mail"), level: "problem", remedy: "dsacls ..." };
  const checks = [right("OU=People", "create user"), missing, right("OU=Groups", "write member")];
  const others: Check = { level: "ok", topic: "clock", subject: null, what: "0 s apart", remedy: null };
  const examination = {
    target: "corp-ad",
    role: "writer",
    checks: [...checks, right("OU=People", "write title"), others],
  };
  const text = renderDoctor({ ...examination, role: "writer" }, { width: 100, color: false, unicode: true });
  expect(text.split("\n").filter((line) => /\bright\b/.test(line))).toEqual([
    "problem  right write mail: granted for update, on 3 objects looked at",
    "ok  right OU=People: 2 rights granted: create user, write title",
    "ok  right OU=Groups: 1 right granted: write member",
  ]);
  expect(text).toContain("1 problem, 0 warnings");
});

test("permissions of an application take one line too, apart from rights", () => {
  const permission = (subject: string): Check => ({ ...right("Microsoft Graph", subject), topic: "permission" });
  const checks = [permission("User.Read.All"), permission("User.Create"), right("Microsoft Graph", "write title")];
  const text = renderDoctor({ target: "contoso", role: "writer", checks }, { width: 100, color: false, unicode: true });
  expect(text.split("\n").filter((line) => line.startsWith("ok"))).toEqual([
    "ok  permission Microsoft Graph: 2 permissions granted: User.Read.All, User.Create",
    "ok  right Microsoft Graph: 1 right granted: write title",
  ]);
});
