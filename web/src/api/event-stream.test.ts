import { expect, test } from "vitest";

import { EventReader } from "./event-stream";

const STREAM = 'id: 1\ndata: {"a":1}\n\n\n: quiet\n\nid: 2\r\ndata: {"b":2}\r\n\r\nevent: end\ndata: {}\n\n';

test.each([1, 3, 7, 1000])("events are the same in pieces of %i", (size) => {
  const reader = new EventReader();
  const events = [];
  for (let at = 0; at < STREAM.length; at += size) events.push(...reader.take(STREAM.slice(at, at + size)));
  expect(events).toEqual([
    { type: "message", data: '{"a":1}' },
    { type: "message", data: '{"b":2}' },
    { type: "end", data: "{}" },
  ]);
});
