/** What a refusal says: google.rpc.Status as the gateway writes it. */

export interface FieldFault {
  field: string;
  description: string;
}

interface Detail {
  "@type"?: string;
  reason?: string;
  fieldViolations?: FieldFault[];
}

interface Refusal {
  error?: { code?: number; status?: string; message?: string; details?: Detail[] };
}

export class Fault extends Error {
  constructor(
    message: string,
    /** HTTP status; 0 when no answer came. */
    readonly code: number,
    readonly status: string,
    readonly reason: string,
    readonly fields: FieldFault[],
    readonly requestId: string,
  ) {
    super(message);
    this.name = "Fault";
  }

  /** No answer came: the studio is away, or the network is. */
  get isAway(): boolean {
    return this.code === 0 || this.code === 502 || this.code === 503 || this.code === 504;
  }

  get isSignedOut(): boolean {
    return this.code === 401;
  }

  /** Somebody else wrote meanwhile. */
  get isConflict(): boolean {
    return this.status === "ABORTED";
  }
}

/** The fault in a refused answer; `body` is its JSON, if it had any. */
export function faultOf(body: unknown, response: Response): Fault {
  const told = isRefusal(body) ? (body.error ?? {}) : {};
  const details = told.details ?? [];
  return new Fault(
    told.message ?? `${response.status} ${response.statusText}`,
    response.status,
    told.status ?? "",
    details.map((detail) => detail.reason ?? "").find(Boolean) ?? "",
    details.flatMap((detail) => detail.fieldViolations ?? []),
    response.headers.get("x-request-id") ?? "",
  );
}

export function awayFault(cause: unknown): Fault {
  return new Fault(cause instanceof Error ? cause.message : String(cause), 0, "UNAVAILABLE", "", [], "");
}

function isRefusal(body: unknown): body is Refusal {
  return typeof body === "object" && body !== null && "error" in body;
}
