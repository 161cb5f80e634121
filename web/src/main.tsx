/** The web studio begins here. */
import "./theme.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { readBranding } from "./app/branding";
import { followSystem } from "./app/preferences";
import { queries } from "./app/queries";
import { Studio } from "./app/Studio";
import { useSession } from "./session/session";

const root = document.getElementById("studio");
if (root === null) throw new Error("the page has no #studio");

followSystem();
void readBranding();
void useSession.getState().resume();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Studio />
    </QueryClientProvider>
  </StrictMode>,
);
