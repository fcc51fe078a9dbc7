/** How a password reaches Active Directory, and nothing else. */
import { inspect } from "node:util";
import { Attribute, Change } from "ldapts";

/** The change that sets a password without knowing the old one: quoted, UTF-16LE (MS-ADTS 3.1.1.3.1.5.1). */
export function passwordChange(password: string): Change {
  const bytes = Buffer.from(`"${password}"`, "utf16le");
  return new Change({
    operation: "replace",
    modification: new SecretAttribute({ type: "unicodePwd", values: [bytes] }),
  });
}

/** Shows its name only, whoever prints or serialises it. */
class SecretAttribute extends Attribute {
  toJSON(): { type: string } {
    return { type: this.type };
  }

  [inspect.custom](): { type: string } {
    return this.toJSON();
  }
}
