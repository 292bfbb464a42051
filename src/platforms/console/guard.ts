import type { MiddlewareHandler } from "hono";

/**
 * Lets in only the page itself. A foreign site that resolves its own name to this machine (DNS rebinding) sends its own Host; one
 * that posts here from a person's browser (CSRF) sends its own Origin. A request that changes anything must name our Origin.
 */
export function guard(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const own = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    const host = context.req.header("host") ?? "";
    if (!own.includes(host)) return context.text("This page answers only on this machine.", 421);
    const origin = context.req.header("origin");
    const reads = context.req.method === "GET" || context.req.method === "HEAD";
    if (origin === undefined ? !reads : !own.some((name) => origin === `http://${name}`))
      return context.text("Requests from other sites are refused.", 403);
    if (!SAME_SITE.has(context.req.header("sec-fetch-site") ?? "none") && context.req.path.startsWith("/api/"))
      return context.text("Requests from other sites are refused.", 403);
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  };
}

const SAME_SITE = new Set(["same-origin", "none"]);

/** No inline script, no inline style sheet, nothing from elsewhere, no string that becomes markup (trusted types). */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;
