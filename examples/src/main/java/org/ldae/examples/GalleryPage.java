package org.ldae.examples;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** A page of pictures in rows: one file, nothing from elsewhere. */
final class GalleryPage {

    private static final String STYLE = """
        :root { --ink: #1d1f21; --paper: #fdfdfc; --quiet: #5f6468; --line: #d9dbdd; --mark: #00598c; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e6e3; --paper: #17191b; --quiet: #a2a7ab; --line: #3a3e42; --mark: #7cc4f5; } }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
        p { max-width: 44rem; }
        .row { display: flex; flex-wrap: wrap; gap: 0.6rem; padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
        .pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); column-gap: 1.2rem; }
        figure { margin: 0; width: 6.5rem; }
        img { display: block; width: 6.5rem; height: 6.5rem; object-fit: contain; border: 3px solid var(--line);
          border-radius: 6px; image-rendering: pixelated; }
        figure.asked img { border-color: var(--mark); }
        figcaption { font-size: 0.75rem; line-height: 1.3; color: var(--quiet); overflow-wrap: anywhere; }
        @media (max-width: 30rem) {
          figure { width: calc((100% - 1.8rem) / 4); } img { width: 100%; height: auto; aspect-ratio: 1; } }
        """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    GalleryPage(String title) {
        this.title = title;
    }

    GalleryPage heading(String text) {
        body.append("<h2>%s</h2>\n".formatted(escaped(text)));
        return this;
    }

    GalleryPage text(String text) {
        body.append("<p>%s</p>\n".formatted(escaped(text)));
        return this;
    }

    GalleryPage begin(String kind) {
        body.append("<div class=\"%s\">\n".formatted(kind));
        return this;
    }

    GalleryPage end() {
        body.append("</div>\n");
        return this;
    }

    /** A picture; what was asked for is framed. */
    GalleryPage picture(BufferedImage picture, String name, String note, boolean asked) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        body.append(
                "<figure%s><img alt=\"%s\" src=\"data:image/png;base64,%s\"/><figcaption>%s<br/>%s</figcaption></figure>\n"
                        .formatted(
                                asked ? " class=\"asked\"" : "",
                                escaped(name),
                                Base64.getEncoder().encodeToString(png.toByteArray()),
                                escaped(name.substring(name.lastIndexOf('/') + 1)),
                                escaped(note)));
        return this;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
            <title>%1$s</title>
            <style>
            %2$s</style>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            %3$s</main>
            </body>
            </html>
            """.formatted(escaped(title), STYLE, body);
    }
}
