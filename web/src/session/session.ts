/** Who is signed in. The tokens are in cookies that no script reads; here is only who, and until when. */
import { create } from "zustand";

import type { User } from "../api/answers";
import { awayFault, faultOf } from "../api/fault";

export type Standing = "unknown" | "out" | "in" | "expired";

/** A page renews this long before the access token ends. */
const MARGIN_MS = 60_000;
const AGAIN_MS = 3_000;
/** Whether this browser had a session: one that had none asks for none. */
const MARK = "film.signed-in";
const HEADERS = { "content-type": "application/json", "x-film-session": "cookie" };

interface Session {
  standing: Standing;
  user: User | null;
  /** The studio did not answer when the page was opened; it is asked again. */
  isAway: boolean;
  /** Looks for a session that the browser has. */
  resume(): Promise<void>;
  signIn(email: string, password: string): Promise<void>;
  register(email: string, password: string, displayName: string, invitation: string): Promise<void>;
  /** True if the session goes on. */
  renew(): Promise<boolean>;
  signOut(): Promise<void>;
}

interface Begun {
  user?: User;
  tokens: { accessExpireTime?: string };
}

let renewal: Promise<boolean> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useSession = create<Session>((set, get) => {
  function keepUntil(accessExpireTime: string | undefined): void {
    clearTimeout(timer);
    if (accessExpireTime === undefined) return;
    const leftMs = Date.parse(accessExpireTime) - Date.now() - MARGIN_MS;
    timer = setTimeout(() => void get().renew(), Math.max(leftMs, 1_000));
  }

  function begin(begun: Begun): void {
    localStorage.setItem(MARK, "1");
    keepUntil(begun.tokens.accessExpireTime);
    set({ standing: "in", user: begun.user ?? get().user });
  }

  async function renewOnce(): Promise<boolean> {
    // Only a sign-in ends that; asking again would remove the cookies that it is about to set.
    if (get().standing === "expired") return false;
    const response = await posted("refresh", {});
    if (response.ok) {
      keepUntil(((await response.json()) as Begun).tokens.accessExpireTime);
      return true;
    }
    if (response.status === 401 || response.status === 403) {
      const wasIn = get().standing === "in";
      if (!wasIn) localStorage.removeItem(MARK);
      set({ standing: wasIn ? "expired" : "out" });
    }
    return false;
  }

  return {
    standing: "unknown",
    user: null,
    isAway: false,
    async resume() {
      if (localStorage.getItem(MARK) === null) return set({ standing: "out" });
      const isRenewed = await get().renew();
      const me = isRenewed ? await fetch("/api/v1/auth/me").catch(() => null) : null;
      if (me?.ok) return set({ standing: "in", user: (await me.json()) as User, isAway: false });
      if (get().standing !== "unknown") return;
      set({ isAway: true });
      setTimeout(() => void get().resume(), AGAIN_MS);
    },
    async signIn(email, password) {
      begin(await begunBy("login", { email, password }));
    },
    async register(email, password, displayName, invitation) {
      const named = { ...(displayName && { displayName }), ...(invitation && { invitation }) };
      begin(await begunBy("register", { email, password, ...named }));
    },
    renew() {
      renewal ??= renewOnce()
        .catch(() => false)
        .finally(() => (renewal = null));
      return renewal;
    },
    async signOut() {
      clearTimeout(timer);
      await posted("logout", {}).catch(() => undefined);
      localStorage.removeItem(MARK);
      set({ standing: "out", user: null });
    },
  };
});

async function begunBy(verb: string, body: object): Promise<Begun> {
  const response = await posted(verb, body);
  const told: unknown = await response.json().catch(() => null);
  if (!response.ok) throw faultOf(told, response);
  return told as Begun;
}

async function posted(verb: string, body: object): Promise<Response> {
  try {
    return await fetch(`/api/v1/auth/${verb}`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(body),
    });
  } catch (error) {
    throw awayFault(error);
  }
}
