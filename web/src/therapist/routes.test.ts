import { expect, it } from "vitest";
import { patientPath, readRoute, roomPath, waitingPath } from "./routes";

it.each([
  ["/", { page: "home" }],
  ["/login", { page: "login" }],
  ["/confirm", { page: "confirm" }],
  ["/new-email%23abc", { page: "new-email" }],
  ["//Reset%23abc", { page: "reset" }],
  ["/register%23abc", { page: "register" }],
  ["/patients", { page: "patients" }],
  ["/patients/", { page: "patients" }],
  [patientPath("p1"), { page: "patient", id: "p1" }],
  [waitingPath("s1"), { page: "waiting", id: "s1" }],
  [roomPath("s1"), { page: "room", id: "s1" }],
])("%s means a page", (path, route) => {
  expect(readRoute(path)).toEqual(route);
});

it.each([
  "/nowhere",
  "/confirmed",
  "/confirm/x",
  "/patients/p1/more",
  "/sessions/s1/roof",
  "/sessions/s1/room/2",
])("%s means no page", (path) => {
  expect(readRoute(path)).toEqual({ page: "lost" });
});
