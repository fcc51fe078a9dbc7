/** Groups for the tests of this folder. */
import { expect } from "vitest";
import type { Answer, OpenedTenant } from "./open-tenant.js";

export const GRAPH = "https://graph.microsoft.com/v1.0";

export function reference(id: string): { "@odata.id": string } {
  return { "@odata.id": `${GRAPH}/directoryObjects/${id}` };
}

export function groupBody(name: string): Record<string, unknown> {
  return { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true };
}

/** POST /groups; a security group unless said otherwise. Gives the id. */
export async function addGroup(t: OpenedTenant, name: string, properties: object = {}): Promise<string> {
  const reply = await t.ask("POST", "/groups", { body: { ...groupBody(name), ...properties } });
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  return reply.body.id;
}

export const UNIFIED = { groupTypes: ["Unified"], mailEnabled: true, securityEnabled: false };

export function addMember(t: OpenedTenant, group: string, id: string): Promise<Answer> {
  return t.ask("POST", `/groups/${group}/members/$ref`, { body: reference(id) });
}

export async function memberIds(t: OpenedTenant, group: string): Promise<string[]> {
  return (await t.ask("GET", `/groups/${group}/members`)).body.value.map(({ id }) => id);
}

/** Expects a refusal with this status and a text that contains this. */
export function expectRefusal(reply: Answer, status: number, text: string): void {
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  expect(reply.body.error.message).toContain(text);
}
