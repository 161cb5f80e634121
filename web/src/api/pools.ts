/** Who makes what: the engines of the installation. */
import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";

export const poolsQuery = queryOptions({
  queryKey: ["pools"],
  staleTime: 60_000,
  queryFn: async () => (await answer(api.GET("/api/v1/pools"))).pools,
});
