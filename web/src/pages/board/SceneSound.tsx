/** The sound of a scene: how loud it is, and music and ambience of one's own. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { idOf } from "../../api/client";
import { timelineQuery } from "../../api/shots";
import { Modal } from "../../parts/Modal";
import { useWords } from "../../words/words";
import { SceneLevels } from "./Levels";
import { OwnFiles, placesOfScene } from "./OwnFiles";

interface Props {
  project: string;
  /** Its id, and what people call it. */
  scene: string;
  number: string;
}

export function SceneSound({ project, scene, number }: Props) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const timeline = useQuery({ ...timelineQuery(project), enabled: isOpen });
  const found = timeline.data?.scenes.find((each) => idOf(each.name) === scene);
  return (
    <>
      <button
        type="button"
        className="button button-quiet -my-2 ml-auto"
        aria-label={words.level.openOf(number)}
        onClick={() => setOpen(true)}
      >
        {words.level.open}
      </button>
      {isOpen && found && (
        <Modal title={words.level.scene(number)} close={() => setOpen(false)} isWide>
          <div className="space-y-7">
            <section aria-label={words.level.title}>
              <h3 className="font-semibold">{words.level.title}</h3>
              <SceneLevels project={project} scene={found} />
            </section>
            <section aria-label={words.own.title}>
              <h3 className="mb-2 font-semibold">{words.own.title}</h3>
              <OwnFiles project={project} places={placesOfScene(scene, words)} />
            </section>
          </div>
        </Modal>
      )}
    </>
  );
}
