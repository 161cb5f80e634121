/** Who works in the workspace, and what each may do. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { Member } from "../../api/answers";
import { membersQuery, removeMember, type Role, ROLES, setRole } from "../../api/team";
import { FaultNotice, Waiting } from "../../parts/Notice";
import { useSession } from "../../session/session";
import { useWords } from "../../words/words";

export function Members({ isOwner }: { isOwner: boolean }) {
  const known = useQueryClient();
  const members = useQuery(membersQuery);
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSettled: () =>
      Promise.all([["members"], ["workspaces"]].map((queryKey) => known.invalidateQueries({ queryKey }))),
  });
  if (members.isPending) return <Waiting />;
  if (members.isError) return <FaultNotice error={members.error} retry={() => void members.refetch()} />;
  return (
    <>
      <ul className="divide-y divide-line border-y border-line">
        {members.data.map((member) => (
          <MemberRow
            key={member.name}
            member={member}
            isOwner={isOwner}
            isLast={members.data.length === 1}
            change={(work) => change.mutate(work)}
          />
        ))}
      </ul>
      {change.isError && <FaultNotice error={change.error} />}
    </>
  );
}

interface RowProps {
  member: Member;
  isOwner: boolean;
  isLast: boolean;
  change: (work: () => Promise<void>) => void;
}

function MemberRow({ member, isOwner, isLast, change }: RowProps) {
  const words = useWords();
  const me = useSession((session) => session.user);
  const isMe = me?.name === member.user;
  return (
    <li className="flex flex-wrap items-center gap-3 py-3">
      <span className="mr-auto min-w-0 break-words">
        {member.displayName} {isMe && <span className="text-soft">({words.team.you})</span>}
        <span className="block text-sm text-soft">{member.email}</span>
      </span>
      {isOwner && !isLast ? (
        <select
          aria-label={words.team.role(member.displayName)}
          className="field w-full sm:w-auto"
          value={member.role}
          onChange={(event) => change(() => setRole(member, event.target.value as Role))}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {words.team.roles[role]}
            </option>
          ))}
        </select>
      ) : (
        <span className="text-soft">{words.team.roles[member.role as Role]}</span>
      )}
      {!isLast && (isOwner || isMe) && (
        <button
          type="button"
          className="button"
          aria-label={isMe ? words.team.leave : words.team.removeFrom(member.displayName)}
          onClick={() => change(() => removeMember(member))}
        >
          {isMe ? words.team.leave : words.team.takeOut}
        </button>
      )}
    </li>
  );
}
