/** A character: name, look and voice, and a line to hear the voice by. */
import type { CastMember } from "../../api/answers";
import { saveCastMember } from "../../api/casting";
import { Area, Choice, Field } from "../../parts/Field";
import { useWords } from "../../words/words";
import { isEdited, textsOf } from "./edits";
import { Hearing } from "./Hearing";
import { LibraryOf } from "./LibraryOf";
import { Portrait } from "./Portrait";
import { SaveRow } from "./SaveRow";
import { useEdits } from "./useEdits";
import { useVoiceName, useVoices } from "./voices";

const FIELDS = ["displayName", "look", "voice", "language", "seed"] as const;
/** What an unedited character has of these is shown as the studio's choice, not as a text to change. */
const CHOSEN = ["voice", "language", "seed"] as const;

interface Props {
  project: string;
  member: CastMember;
  /** Where they speak first. */
  shot: string | undefined;
}

export function MemberCard({ project, member, shot }: Props) {
  const words = useWords();
  const name = member.displayName || member.character;
  const before = textsOf(member, FIELDS, CHOSEN);
  const { isChanged, saving, now, bound, submit } = useEdits(project, before, ["seed"], (edit) =>
    saveCastMember(project, member, edit),
  );
  return (
    <li className="min-w-0 rounded-lg bg-raised ring-1 ring-line">
      <Portrait project={project} shot={shot} alt={name} />
      <form onSubmit={submit} aria-label={name} className="space-y-4 p-4">
        <h3 className="text-lg font-semibold">{name}</h3>
        {!member.inScreenplay && <p className="text-sm text-warn">{words.cast.gone}</p>}
        <Area label={words.cast.look} maxLength={500} placeholder={words.cast.lookHint} {...bound("look")} />
        <VoiceChoice member={member} {...bound("voice")} />
        <details>
          <summary className="text-sm text-soft">{words.cast.more}</summary>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">
            <Field label={words.cast.displayName} maxLength={100} placeholder={member.character} {...bound("displayName")} />
            <Field label={words.cast.language} maxLength={35} pattern="[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*" {...bound("language")} />
            <Field label={words.cast.seed} inputMode="numeric" pattern="[0-9]*" maxLength={19} placeholder={words.board.auto} {...bound("seed")} />
            <LibraryOf
              project={project}
              subject={member.name}
              kinds={["character", "voice", "look"]}
              title={name}
              content={{
                character: {
                  displayName: member.displayName,
                  look: member.look,
                  voice: member.voice,
                  language: member.language,
                  seed: isEdited(member, "seed") ? String(member.seed) : "0",
                },
              }}
            />
          </div>
        </details>
        <SaveRow isChanged={isChanged} saving={saving}>
          <Hearing
            key={`${now("voice")} ${now("language")}`}
            project={project}
            shot={shot}
            name={name}
            label={isChanged ? words.cast.saveAndHear : words.cast.hear}
            prepare={async () => {
              if (isChanged) await saving.mutateAsync();
            }}
          />
        </SaveRow>
      </form>
    </li>
  );
}

interface VoiceProps {
  member: CastMember;
  value: string;
  onChange: (event: { target: { value: string } }) => void;
}

function VoiceChoice({ member, ...bound }: VoiceProps) {
  const words = useWords();
  const voices = useVoices();
  const nameOf = useVoiceName();
  const auto = isEdited(member, "voice") ? "" : nameOf(member.voice);
  const all = bound.value && !voices.includes(bound.value) ? [bound.value, ...voices] : voices;
  const named = all.map((voice) => [voice, nameOf(voice)] as const);
  return <Choice label={words.cast.voice} options={[["", words.cast.auto(auto)], ...named]} {...bound} />;
}
