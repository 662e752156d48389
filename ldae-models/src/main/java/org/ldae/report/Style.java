package org.ldae.report;

/** How the page looks: one column, readable on a phone, light and dark. */
final class Style {

    static final String SHEET = """
            :root { --ink: #1d1f21; --paper: #fdfdfc; --quiet: #5f6468; --line: #d9dbdd; --head: #f0f1f2;
              --good: #0a6e4d; --bad: #b03a00; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e6e6e3; --paper: #17191b; --quiet: #a2a7ab; --line: #3a3e42; --head: #24272a;
                --good: #4fc79b; --bad: #ff9a66; } }
            * { box-sizing: border-box; }
            html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
            body { margin: 0; color: var(--ink); background: var(--paper);
              font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
            main { max-width: 80rem; margin: 0 auto; padding: 1rem; }
            h1 { font-size: 1.6rem; line-height: 1.25; }
            h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
            p, figcaption, li { max-width: 44rem; overflow-wrap: anywhere; }
            .scroll { overflow-x: auto; margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; }
            table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
            caption { text-align: left; padding: 0.5rem 0.6rem; font-weight: 600; }
            th, td { padding: 0.35rem 0.5rem; text-align: left; vertical-align: top;
              border-top: 1px solid var(--line); min-width: 3rem; }
            th { background: var(--head); font-weight: 600; }
            .n { text-align: right; font-variant-numeric: tabular-nums; }
            td.n { white-space: nowrap; }
            td:nth-child(3) { min-width: 11rem; }
            td:last-child:not(.n) { overflow-wrap: anywhere; }
            .k { white-space: nowrap; }
            .v-reproduced { color: var(--good); font-weight: 600; white-space: nowrap; }
            .v-not-reproduced { color: var(--bad); font-weight: 600; white-space: nowrap; }
            .v-open { color: var(--quiet); }
            figure { margin: 1.5rem 0; max-width: 45rem; }
            img { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
              border-radius: 6px; padding: 4px; }
            figcaption { margin-top: 0.4rem; color: var(--quiet); font-size: 0.9rem; }
            .file { font-family: ui-monospace, monospace; font-size: 0.8rem; }
            details { margin: 1rem 0; }
            pre { overflow-x: auto; padding: 0.8rem; background: var(--head); border-radius: 6px; font-size: 0.8rem; }
            """;

    private Style() {}
}
