package org.ldae.report;

/** How the page looks, light and dark: wide tables on a screen, a block a row on a phone; and the script that sorts them. */
final class Style {

    static final String SHEET = """
        :root { color-scheme: light dark; --ink: #1d1f21; --paper: #fdfdfc; --quiet: #5f6468; --line: #d9dbdd; --head: #f0f1f2;
          --good: #0a6e4d; --bad: #b03a00; --link: #00598c;
          --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b0578d; --s4: #b27a00; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e6e3; --paper: #17191b; --quiet: #a2a7ab; --line: #3a3e42; --head: #24272a;
            --good: #4fc79b; --bad: #ff9a66; --link: #7cc4f5;
            --s0: #56b4e9; --s1: #ff9a57; --s2: #4fc79b; --s3: #e3a3c8; --s4: #e6b84d; }
          img { filter: brightness(0.85); } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; color: var(--ink); background: var(--paper);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 80rem; margin: 0 auto; padding: 1rem; overflow-x: auto; }
        a { color: var(--link); }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
        h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
        p, figcaption, li { max-width: 44rem; overflow-wrap: anywhere; }
        .headline { padding-left: 1.2rem; font-size: 1.05rem; }
        .links a { margin-right: 1rem; white-space: nowrap; }
        nav { background: var(--head); border-radius: 6px; padding: 0.6rem 1rem; }
        nav ol { margin: 0; padding-left: 1.4rem; columns: 16rem; }
        table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin: 1.2rem 0; }
        caption { text-align: left; padding: 0.5rem 0; font-weight: 600; }
        th, td { padding: 0.35rem 0.5rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line);
          overflow-wrap: anywhere; }
        th { background: var(--head); }
        th button { all: unset; cursor: pointer; font-weight: 600; overflow-wrap: normal; }
        th button:focus-visible { outline: 2px solid var(--link); }
        th[aria-sort="descending"] button::after { content: " \\2193"; }
        th[aria-sort="ascending"] button::after { content: " \\2191"; }
        small { display: block; color: var(--quiet); font-size: 0.8rem; }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        td.n, .k > span { white-space: nowrap; }
        td[class^="v-"] > span { white-space: nowrap; }
        td:first-child { overflow-wrap: normal; }
        .v-reproduced { color: var(--good); font-weight: 600; }
        .v-not-reproduced { color: var(--bad); font-weight: 600; }
        .v-open { color: var(--quiet); }
        figure { margin: 1.5rem 0; max-width: 45rem; }
        img { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
          border-radius: 6px; padding: 4px; }
        figcaption { margin-top: 0.4rem; color: var(--quiet); font-size: 0.9rem; }
        .file { font-family: ui-monospace, monospace; font-size: 0.8rem; }
        .losses { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: 0.8rem; }
        .losses figure { margin: 0; }
        .losses svg { width: 100%; background: var(--head); border-radius: 6px; }
        .losses figcaption { font-size: 0.8rem; margin: 0; line-height: 1.3; }
        polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .c0 { stroke: var(--s0); } .c1 { stroke: var(--s1); } .c2 { stroke: var(--s2); }
        .c3 { stroke: var(--s3); } .c4 { stroke: var(--s4); }
        details { margin: 1rem 0; }
        pre { overflow-x: auto; padding: 0.8rem; background: var(--head); border-radius: 6px; font-size: 0.8rem; }
        @media (max-width: 60rem) {
          table, caption, tbody, tr, td { display: block; }
          thead tr { display: flex; flex-wrap: wrap; gap: 0.3rem; }
          th { border: 0; border-radius: 6px; font-size: 0.75rem; padding: 0.15rem 0.4rem; }
          thead::before { content: "sort by"; color: var(--quiet); font-size: 0.75rem; }
          tbody tr { border-top: 2px solid var(--line); padding: 0.5rem 0; }
          tbody td { border: 0; padding: 0.1rem 0; display: flex; flex-wrap: wrap; justify-content: space-between;
            gap: 0 1rem; text-align: right; }
          tbody td::before { content: attr(data-head); color: var(--quiet); text-align: left; }
          tbody td > span { margin-left: auto; max-width: 75%; }
          tbody td:not(.n):first-child > span, tbody td:nth-child(2).k > span { font-weight: 700; }
          tbody td.none { display: none; }
          tbody td > small { flex-basis: 100%; text-align: left; } }
        """;

    /** Sorts a table by a column: down, up, and back as it was. No ampersand or less-than, so that the page is XML. */
    static final String SORTING = """
        document.querySelectorAll('table').forEach(function (table) {
          var body = table.tBodies[0];
          if (!body) { return; }
          var original = Array.from(body.rows);
          var heads = Array.from(table.tHead.rows[0].cells);
          heads.forEach(function (head, column) {
            head.firstElementChild.addEventListener('click', function () {
              var before = head.getAttribute('aria-sort');
              var order = before === 'descending' ? 'ascending' : before === 'ascending' ? 'none' : 'descending';
              heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
              head.setAttribute('aria-sort', order);
              var sign = order === 'ascending' ? 1 : -1;
              var text = function (row) { return row.cells[column].firstElementChild.textContent; };
              var value = function (row) { return parseFloat(text(row).replace(/,/g, '')); };
              var rows = original.slice();
              if (order !== 'none') {
                rows.sort(function (a, b) {
                  var x = value(a), y = value(b);
                  if (isNaN(x) ? !isNaN(y) : isNaN(y)) { return isNaN(x) ? 1 : -1; }
                  return sign * (isNaN(x) ? text(a).localeCompare(text(b)) : x - y);
                });
              }
              rows.forEach(function (row) { body.appendChild(row); });
            });
          });
        });
        """;

    private Style() {}
}
