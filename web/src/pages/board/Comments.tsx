/** What people say of a shot. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { Comment } from "../../api/answers";
import { commentsQuery, resolve, say } from "../../api/shots";
import { usePreferences } from "../../app/preferences";
import { Field } from "../../parts/Field";
import { FaultNotice } from "../../parts/Notice";
import { when } from "../../words/forms";
import { useWords } from "../../words/words";
import { useShotChange } from "./ShotSheet";

export function Comments({ project, shot }: { project: string; shot: string }) {
  const words = useWords();
  const [text, setText] = useState("");
  const comments = useQuery(commentsQuery(project));
  const change = useShotChange(project);
  const found = comments.data?.filter((comment) => comment.shot === shot) ?? [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(() => say(project, text.trim(), { shot }).then(() => setText("")));
  };
  return (
    <section aria-label={words.board.comments}>
      <h3 className="mb-2 font-semibold">{words.board.comments}</h3>
      <ul className="space-y-3">
        {found.map((comment) => (
          <li key={comment.name} className="border-l-2 border-line pl-3">
            <Said comment={comment} />
            {comment.replies.map((reply) => (
              <Said key={reply.name} comment={reply as Comment} />
            ))}
            <button
              type="button"
              className="link text-sm"
              onClick={() => change.mutate(() => resolve(project, comment, comment.resolveTime === undefined))}
            >
              {comment.resolveTime === undefined ? words.board.resolve : words.board.reopen}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="mt-3 flex items-end gap-2">
        <Field
          className="flex-1"
          label={words.board.comment}
          required
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={change.isPending}>
          {words.board.say}
        </button>
      </form>
      {change.isError && <FaultNotice error={change.error} />}
    </section>
  );
}

function Said({ comment }: { comment: Comment }) {
  const language = usePreferences((chosen) => chosen.language);
  return (
    <p className={comment.resolveTime === undefined ? "" : "text-soft line-through"}>
      <span className="whitespace-pre-wrap">{comment.text}</span>
      <span className="ml-2 text-xs text-soft">{when(comment.createTime, language)}</span>
    </p>
  );
}
