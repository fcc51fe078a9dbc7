import { describe, expect, it } from "vitest";
import { followLink, graphRoot, objectLink } from "../../../../reconciler/targets/entra-id/links.js";
import { odataText, path, withQuery } from "../../../../reconciler/targets/entra-id/paths.js";

const ROOT = "https://graph.microsoft.com";

describe("a link", () => {
  it("is followed as it is, without host and version", () => {
    const text = "/users?$skiptoken=RFNwdAIAAQ%2b%3d&$select=id%2CmanagerId&x=/v1.0/";
    expect(followLink(`${ROOT}/v1.0${text}`, ROOT, "/users")).toEqual({ text, template: "/users" });
  });

  it.each([
    "https://graph.microsoft.com.evil.example/v1.0/users",
    "https://evil.example/v1.0/users?x=https://graph.microsoft.com/v1.0/",
    "http://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com:8443/v1.0/users",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://user:secret@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com/beta/users",
    "https://graph.microsoft.com/v1.0evil/users",
    "/v1.0/users",
    "",
    7,
    { href: "https://graph.microsoft.com/v1.0/users" },
  ])("to anywhere else is refused: %s", (link) => {
    expect(() => followLink(link, ROOT, "/users")).toThrow(/MUS-5201 a reply to \/users holds a link/);
  });

  it("names an object", () => {
    expect(objectLink(ROOT, "a/b")).toBe("https://graph.microsoft.com/v1.0/directoryObjects/a%2Fb");
    expect(objectLink(ROOT, "1", "users")).toBe("https://graph.microsoft.com/v1.0/users/1");
  });
});

describe("the root", () => {
  it("is an https origin", () => {
    expect(graphRoot("https://graph.microsoft.com/")).toBe(ROOT);
    expect(graphRoot("https://127.0.0.1:8443")).toBe("https://127.0.0.1:8443");
  });

  it.each(["http://127.0.0.1", "https://graph.microsoft.com/v1.0", "https://u@graph.microsoft.com", "graph", ""])(
    "is not %s",
    (url) => {
      expect(() => graphRoot(url)).toThrow(/MUS-5201/);
    },
  );
});

describe("a path", () => {
  it("encodes what stands between its slashes, and says without it what it is", () => {
    const id = "a/b?c#d e%";
    expect(path`/groups/${id}/members/${"1"}/$ref`).toEqual({
      text: "/groups/a%2Fb%3Fc%23d%20e%25/members/1/$ref",
      template: "/groups/{id}/members/{id}/$ref",
    });
  });

  it("takes options, and leaves out those that are undefined", () => {
    const filter = `employeeId eq ${odataText("o'neil & co")}`;
    expect(withQuery(path`/users`, { $select: "id,mail", $top: undefined, $filter: filter })).toEqual({
      text: "/users?$select=id,mail&$filter=employeeId%20eq%20'o''neil%20%26%20co'",
      template: "/users",
    });
    expect(withQuery(path`/users`, { $top: undefined }).text).toBe("/users");
    expect(withQuery(withQuery(path`/users`, { $top: "1" }), { $count: "true" }).text).toBe(
      "/users?$top=1&$count=true",
    );
  });
});
