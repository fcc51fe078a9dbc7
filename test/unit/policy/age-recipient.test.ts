import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, it } from "vitest";
import { recipientProblem } from "../../../reconciler/policy/age-recipient.js";

/** The recipient that the age specification (C2SP) derives from its example key. */
const KNOWN = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

describe("recipientProblem", () => {
  it("takes what age makes", async () => {
    expect(recipientProblem(KNOWN)).toBeNull();
    expect(recipientProblem(await identityToRecipient(await generateX25519Identity()))).toBeNull();
    expect(recipientProblem(await identityToRecipient(await generateHybridIdentity()))).toBeNull();
  });

  it("finds any single wrong letter and any missing one", () => {
    for (let at = "age1".length; at < KNOWN.length; at++) {
      const letter = KNOWN[at] === "q" ? "p" : "q";
      expect(recipientProblem(KNOWN.slice(0, at) + letter + KNOWN.slice(at + 1))).toMatch(/checksum/);
      expect(recipientProblem(KNOWN.slice(0, at) + KNOWN.slice(at + 1))).not.toBeNull();
    }
  });

  it("says what else was pasted, and never repeats a private key", async () => {
    const secret = await generateX25519Identity();
    expect(recipientProblem(secret)).toMatch(/private key/);
    expect(recipientProblem(secret)).not.toContain(secret.slice(15, 30));
    expect(recipientProblem("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI")).toMatch(/SSH/);
    expect(recipientProblem("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")).toMatch(/age1/);
    expect(recipientProblem("")).toMatch(/age1/);
  });
});
