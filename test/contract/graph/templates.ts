/** From the path of a request to the path of the description, which names the operation without saying whom it is about. */

/** Both spellings of actions, functions and casts, as Graph takes them: `microsoft.graph.delta()` is `delta`. */
function canonical(segment: string): string {
  return segment.replace(/^(microsoft\.)?graph\./, "").replace(/\(\)$/, "");
}

const isParameter = (segment: string) => segment.startsWith("{");

export class Templates {
  readonly #templates: readonly { readonly template: string; readonly segments: readonly string[] }[];

  constructor(templates: readonly string[]) {
    this.#templates = templates.map((template) => ({ template, segments: template.split("/").slice(1) }));
  }

  /** The template with the most literal segments among those that fit; null when none does. */
  find(path: string): string | null {
    const segments = path.split("/").slice(1);
    let best: { readonly template: string; readonly literals: number } | null = null;
    for (const { template, segments: pattern } of this.#templates) {
      if (pattern.length !== segments.length) continue;
      const fits = pattern.every((part, index) => {
        const segment = segments[index] ?? "";
        return isParameter(part) ? segment !== "" && !segment.startsWith("$") : canonical(part) === canonical(segment);
      });
      const literals = pattern.filter((part) => !isParameter(part)).length;
      if (fits && (best === null || literals > best.literals)) best = { template, literals };
    }
    return best?.template ?? null;
  }
}
