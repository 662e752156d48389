package app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A snippet as the body of a main method. */
final class Program {

    private Program() {}

    static void run(String snippet, Path output) throws Exception {
        StringBuilder imports = new StringBuilder();
        StringBuilder body = new StringBuilder();
        snippet.lines()
                .forEach(line -> (line.startsWith("import ") ? imports : body)
                        .append(line)
                        .append('\n'));
        compile(
                imports + "public final class Snippet { public static void main() throws Exception {\n" + body + "} }",
                output);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {output.toUri().toURL()})) {
            loader.loadClass("Snippet").getMethod("main").invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("a snippet of the README failed:\n" + snippet, e.getCause());
        }
    }

    private static void compile(String text, Path output) {
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        List<String> options =
                List.of("-d", output.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path"));
        compiler.getTask(null, null, messages, options, null, List.of(source)).call();
        assertEquals(
                List.of(),
                messages.getDiagnostics().stream()
                        .filter(message -> message.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                        .map(Object::toString)
                        .toList());
    }
}
